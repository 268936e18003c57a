"""Compiled kernels are never those of other sources."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import codelength
from codelength.coding.compiled import UNUSED, forget

SCRIPT = """
import numpy as np
from codelength.coding.compiled import cache_folder
from codelength.dsl.program import Program
program = Program.parse("sequence_1 = repeat_num(2, 7)\\noutput = sequence_1")
print(cache_folder().name, program.run().output)
"""


def test_an_edit_of_an_inner_kernel_reaches_the_kernels_that_call_it(tmp_path):
    source = tmp_path / "source"
    shutil.copytree(Path(codelength.__file__).parent, source / "codelength")
    environment = os.environ | {"PYTHONPATH": str(source), "CODELENGTH_CACHE": str(tmp_path / "c")}

    def run() -> list[str]:
        command = [sys.executable, "-c", SCRIPT]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        return done.stdout.split(maxsplit=1)

    first, output = run()
    assert output == "[7 7]\n"
    path = source / "codelength" / "dsl" / "interpreter.py"
    stamp = path.stat()
    text = path.read_text()
    assert "arena[start + j] = y\n" in text
    path.write_text(text.replace("arena[start + j] = y\n", "arena[start + j] = x\n"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))  # as reproducible wheels do
    second, output = run()
    assert output == "[2 2]\n" and second != first


def test_kernels_that_nobody_asks_for_are_deleted(tmp_path):
    for name in ("kernels-new", "kernels-old", "models"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text("")
    long_ago = time.time() - UNUSED - 1
    for name in ("kernels-old", "models"):
        os.utime(tmp_path / name, (long_ago, long_ago))
    forget(tmp_path)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["kernels-new", "models"]
