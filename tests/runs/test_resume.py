"""Files that go on where a process was stopped or killed."""

import json
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from codelength.errors import InputError
from codelength.runs import files
from codelength.runs.files import decode_file, encode_file
from tests.runs import plugged
from tests.runs.pieces import COMMAND, TEXT, names

pytestmark = pytest.mark.usefixtures("plug_in")


def interrupt(monkeypatch, after):
    """Ctrl-C when so many groups are coded."""
    prepare, count = plugged.Plain.prepare, 0

    def counting(self, instances):
        nonlocal count
        count += 1
        if count > after:
            raise KeyboardInterrupt
        return prepare(self, instances)

    monkeypatch.setattr(plugged.Plain, "prepare", counting)


def begun(source, out, monkeypatch, groups, verify="here"):
    """What a process leaves that was stopped in the next group."""
    with monkeypatch.context() as patch:
        interrupt(patch, groups)
        with pytest.raises(KeyboardInterrupt):
            encode_file(source, "plugged:kind=plain", out, verify=verify)
    return out.with_name(f".{out.name}.part"), out.with_name(f".{out.name}.part-journal")


def test_what_was_stopped_goes_on_wherever_it_was(tmp_path, source, monkeypatch):
    encode_file(source, "plugged:kind=plain", tmp_path / "whole.cl")
    for groups in range(11):
        begun(source, tmp_path / "a.cl", monkeypatch, groups)
        assert ".a.cl.part" not in names(tmp_path) or groups
        found = encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
        assert found.resumed == 4 * groups
        assert (tmp_path / "a.cl").read_bytes() == (tmp_path / "whole.cl").read_bytes()
        assert names(tmp_path) == ["a.cl", "text", "whole.cl"]
        (tmp_path / "a.cl").unlink()


def test_a_file_that_lacked_only_its_end_goes_on(tmp_path, source, monkeypatch):
    encode_file(source, "plugged:kind=plain", tmp_path / "whole.cl")
    for verify in ("here", "process"):
        with monkeypatch.context() as patch:
            patch.setattr(files.MessageWriter, "finish", stop)
            with pytest.raises(KeyboardInterrupt):
                encode_file(source, "plugged:kind=plain", tmp_path / "a.cl", verify="here")
        found = encode_file(source, "plugged:kind=plain", tmp_path / "a.cl", verify=verify)
        assert found.resumed == (found.messages if verify == "here" else 0)
        assert (tmp_path / "a.cl").read_bytes() == (tmp_path / "whole.cl").read_bytes()


def stop(*_):
    raise KeyboardInterrupt


def test_a_torn_part_or_journal_costs_a_group_and_no_more(tmp_path, source, monkeypatch):
    encode_file(source, "plugged:kind=plain", tmp_path / "whole.cl")
    part, journal = begun(source, tmp_path / "a.cl", monkeypatch, 5)
    made, said = part.read_bytes(), journal.read_bytes()
    dice, resumed = random.Random(1), set()
    for _ in range(60):
        cut, line = dice.randrange(len(made) + 1), dice.randrange(len(said) + 1)
        torn = bytearray(made[:cut] if dice.random() < 0.7 else made)
        if torn and dice.random() < 0.3:
            torn[dice.randrange(len(torn))] ^= 1 << dice.randrange(8)
        part.write_bytes(bytes(torn) + b"\7" * dice.choice([0, 3]))
        journal.write_bytes(said[:line] if dice.random() < 0.3 else said)
        resumed.add(encode_file(source, "plugged:kind=plain", tmp_path / "a.cl").resumed)
        assert (tmp_path / "a.cl").read_bytes() == (tmp_path / "whole.cl").read_bytes()
        assert names(tmp_path) == ["a.cl", "text", "whole.cl"]
    assert resumed == {0, 4, 8, 12, 16, 20}


@pytest.mark.parametrize(("change", "resumed"), [
    (lambda text: text, 20),
    (lambda text: text + text, 20),
    (lambda text: text[:-1], 20),
    (lambda text: text[:300], 16),
    (lambda text: text[:0], 0),
    (lambda text: b"X" + text[1:], 0),
    (lambda text: text[:130] + b"X" + text[131:], 8),
    (lambda text: text[:319], 16),
    (lambda text: text[:320], 20),
])  # fmt: skip
def test_a_changed_source_goes_on_as_far_as_it_is_the_same(
    tmp_path, source, monkeypatch, change, resumed
):
    begun(source, tmp_path / "a.cl", monkeypatch, 5)
    source.write_bytes(change(TEXT))
    found = encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
    assert found.resumed == resumed
    encode_file(source, "plugged:kind=plain", tmp_path / "whole.cl")
    assert (tmp_path / "a.cl").read_bytes() == (tmp_path / "whole.cl").read_bytes()


def test_another_command_starts_anew(tmp_path, source, monkeypatch):
    for name, verify in (("plugged:kind=wide", "here"), ("plugged:kind=plain", "process")):
        begun(source, tmp_path / "a.cl", monkeypatch, 5)
        assert encode_file(source, name, tmp_path / "a.cl", verify=verify).resumed == 0
        decode_file(tmp_path / "a.cl", tmp_path / "back")
        assert (tmp_path / "back").read_bytes() == TEXT


def test_two_processes_do_not_write_one_file(tmp_path, source):
    writing = pytest.raises(InputError, match="another process is writing")
    with files.Output(tmp_path / "a.cl"), writing:
        encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
    encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")


def wait_for(path, lines, process):
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b"\n") >= lines:
            return
        time.sleep(0.002)


@pytest.mark.parametrize("verify", ["here", "process"])
def test_kills_leave_no_trace(tmp_path, verify):
    path, out, dice = tmp_path / "text", tmp_path / "a.cl", random.Random()
    path.write_bytes(TEXT * 8)
    encode_file(path, "plugged:kind=slow", tmp_path / "whole.cl")
    command = [*COMMAND, "encode", path, "--codec", "plugged:kind=slow", "-o", out, "--json"]
    command += ["--verify", verify]
    lines, resumed = 0, 0
    for _ in range(4):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(tmp_path / ".a.cl.part-journal", 3, process)
        time.sleep(dice.uniform(0, 0.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        lines += not out.exists()
    done = subprocess.run(command, capture_output=True, check=True)
    resumed = json.loads(done.stdout)[0]["resumed"]
    assert lines == 4 and resumed >= 8
    assert out.read_bytes() == (tmp_path / "whole.cl").read_bytes()
    assert names(tmp_path) == ["a.cl", "text", "whole.cl"]


def processes():
    """The fresh processes there are."""
    found = set()
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdecimal() and b"runs.fresh" in (entry / "cmdline").read_bytes():
                found.add(int(entry.name))
        except OSError:
            continue
    return found


def test_a_fresh_process_ends_with_its_parent(tmp_path):
    path, before = tmp_path / "text", processes()
    path.write_bytes(TEXT * 40)
    command = [*COMMAND, "encode", path, "--codec", "plugged:kind=slow", "-o", tmp_path / "a.cl"]
    process = subprocess.Popen([*command, "--verify", "process"])
    wait_for(tmp_path / ".a.cl.part-journal", 2, process)
    assert processes() - before
    process.send_signal(signal.SIGKILL)
    process.wait()
    deadline = time.monotonic() + 20
    while processes() - before:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_ctrl_c_says_that_it_goes_on(tmp_path):
    path = tmp_path / "text"
    path.write_bytes(TEXT * 40)
    command = [*COMMAND, "encode", path, "--codec", "plugged:kind=slow", "-o", tmp_path / "a.cl"]
    process = subprocess.Popen([*command, "--verify", "process"], stderr=subprocess.PIPE)
    wait_for(tmp_path / ".a.cl.part-journal", 2, process)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert process.returncode == 130
    assert said == b"stopped; the same command goes on from here\n"
    assert names(tmp_path) == [".a.cl.part", ".a.cl.part-journal", "text"]
