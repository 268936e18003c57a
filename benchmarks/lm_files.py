"""`files`: texts and what is none, compressed with two threads and decompressed elsewise."""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from lm_text import enwik8

from codelength.report.tables import Table

READERS = {
    "2 threads": {"OMP_NUM_THREADS": "2"},
    "1 thread": {"OMP_NUM_THREADS": "1"},
    "AVX2": {"OMP_NUM_THREADS": "2", "ATEN_CPU_CAPABILITY": "avx2"},
}


def files(options: argparse.Namespace) -> None:
    """Each file is written once, and read three times."""
    text = enwik8(options.start, 65_536)
    cases = [
        ("64 KiB of text", options.model, text),
        ("32 KiB of random bytes", options.model, np.random.default_rng(0).bytes(32_768)),
        ("UTF-16", options.model, text[:4000].decode(errors="ignore").encode("utf-16")),
        ("empty", options.model, b""),
        ("one byte", options.model, b"x"),
        ("64 KiB of one byte", options.model, b"z" * 65_536),
    ]
    if options.small:
        cases.append(("5 MB of one byte", options.small, b"z" * 5_000_000))
    cases = [case for case in cases if options.only in case[0]]
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        source, out, back = (Path(folder) / name for name in ("file", "file.cl", "back"))
        for name, model, content in cases:
            source.write_bytes(content)
            seconds = [run(READERS["2 threads"], "compress", source, "-o", out, "--model", model)]
            for reader, settings in READERS.items():
                seconds.append(run(settings, "decompress", out, "-o", back))
                if back.read_bytes() != content:
                    sys.exit(f"error: {name} does not come back with {reader}")
            size = out.stat().st_size
            rows.append((name, f"{len(content):,}", f"{size:,}", *(f"{x:.0f}" for x in seconds)))
            print(rows[-1], file=sys.stderr, flush=True)
    header = ("file", "bytes", "compressed", "compress, s", *(f"{x}, s" for x in READERS))
    print(Table(header, rows).markdown())
    print("\nAll came back each time.")


def run(settings: dict[str, str], command: str, *arguments: object) -> float:
    """Run a command of codelength's with other settings; the seconds."""
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "codelength", command, *map(str, arguments)],
        env=os.environ | settings,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began
