"""`rates`: bits a byte of files that were written and read again, beside other compressors."""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from lm_text import enwik8

from codelength.codecs.registry import build_codec
from codelength.coding.messages import read_messages
from codelength.report.tables import Table
from codelength.runs.files import encode_file

OTHERS = ("gzip", "xz", "brotli", "ppmd")


def rates(options: argparse.Namespace) -> None:
    """Encode by each mode; decode the file in a fresh process; compare."""
    text = enwik8(options.start, options.bytes)
    rows: list[tuple[str, str, str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        source, out, back = (Path(folder) / name for name in ("text", "text.cl", "back"))
        source.write_bytes(text)
        for mode in options.modes.split(","):
            name = (
                f"lmic:model={options.model},mode={mode},exact={options.exact},"
                f"window={options.window}"
            )
            if mode == "ensemble" and options.parts:
                name += f",batch={options.parts}"
            began = time.perf_counter()
            encode_file(source, name, out)
            encoding = time.perf_counter() - began
            began = time.perf_counter()
            command = (sys.executable, "-m", "codelength", "decompress", str(out), "-o", str(back))
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            decoding = time.perf_counter() - began
            if back.read_bytes() != text:
                sys.exit(f"error: {name} does not come back")
            file = read_messages(out)
            rows.append(
                (
                    name,
                    f"{8 * out.stat().st_size / len(text):.4f}",
                    f"{file.coded_bits / len(text):.4f}",
                    f"{encoding:.0f}",
                    f"{decoding:.0f}",
                )
            )
            print(f"{rows[-1]}", file=sys.stderr, flush=True)
    for other in OTHERS:
        bits = len(build_codec(other).encode(text)) / len(text)
        rows.append((other, f"{bits:.4f}", f"{bits:.4f}", "", ""))
    print(f"{len(text):,} bytes of enwik8 from byte {options.start:,}\n")
    header = ("codec", "bits a byte, whole file", "messages", "encoding, s", "decoding, s")
    print(Table(header, rows).markdown())
