"""A run that is killed and started again ends with the same bytes as one that never was."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

COMMAND = [sys.executable, "-m", "codelength", "kt", "run", "--modality", "synthetic"]
COMMAND += ["--codec", "brotli,gold:prior=exact,gzip-paper", "--limit", "3000", "--workers", "2"]


def start(out: Path) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([*COMMAND, "--out", str(out)], stdout=quiet, stderr=quiet)


def contents(out: Path) -> dict[str, bytes]:
    """All files but the times, which no two runs share."""
    files = (path for path in out.rglob("*") if path.is_file() and path.name != "times.parquet")
    return {str(path.relative_to(out)): path.read_bytes() for path in files}


def workers_of(parent: int) -> set[int]:
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, ValueError):
            continue
        if entry.name.isdecimal() and int(fields[1]) == parent:
            found.add(int(entry.name))
    return found


def test_ten_kills_leave_no_trace(tmp_path):
    whole = tmp_path / "whole"
    began = time.monotonic()
    assert start(whole).wait() == 0
    length = time.monotonic() - began
    killed, dice, orphans = tmp_path / "killed", random.Random(), set()
    for _ in range(10):
        process = start(killed)
        time.sleep(dice.uniform(0.1, 0.9) * length)
        orphans |= workers_of(process.pid)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert start(killed).wait() == 0
    assert contents(killed) == contents(whole)
    deadline = time.monotonic() + 10
    while any(Path(f"/proc/{pid}/exe").exists() for pid in orphans):
        assert time.monotonic() < deadline, f"workers outlive their parent: {orphans}"
        time.sleep(0.1)


def test_ctrl_c_stops_and_the_same_command_goes_on(tmp_path):
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    process = subprocess.Popen(
        [*COMMAND, "--out", str(stopped)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    deadline = time.monotonic() + 60
    while not list(stopped.glob("*/parts/part-*")) and process.poll() is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGINT)
    _, said = process.communicate()
    if process.returncode:  # it may have been done already
        assert process.returncode == 130
        assert said.decode().splitlines()[-1].startswith("stopped; the same command goes on")
        assert "Traceback" not in said.decode()
    assert start(stopped).wait() == 0 and start(whole).wait() == 0
    assert contents(stopped) == contents(whole)
