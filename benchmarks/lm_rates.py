"""`rates`: bits a byte of files that were written and read again, beside other compressors."""

import argparse
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from lm_text import enwik8

from codelength.codecs.registry import build_codec
from codelength.coding.messages import read_messages
from codelength.report.tables import Table
from codelength.runs.files import Step, encode_file

OTHERS = ("gzip", "xz", "brotli", "ppmd")


def tell(began: float, step: Step) -> None:
    """How far a file is, on stderr."""
    seconds = time.perf_counter() - began
    print(f"{step.read:,} of {step.total:,} bytes, {seconds:.0f} s", file=sys.stderr, flush=True)


def rates(options: argparse.Namespace) -> None:
    """Encode by each mode, while a fresh process decodes what is made; compare."""
    text = enwik8(options.start, options.bytes)
    rows: list[tuple[str, str, str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder) / "text", Path(folder) / "text.cl"
        source.write_bytes(text)
        for mode in options.modes.split(","):
            name = (
                f"lmic:model={options.model},mode={mode},exact={options.exact},"
                f"window={options.window}"
            )
            if mode == "ensemble" and options.parts:
                name += f",batch={options.parts}"
            began = time.perf_counter()
            written = encode_file(source, name, out, partial(tell, began), verify="process")
            if written.plain:
                sys.exit(f"error: {name}: {written.plain} messages do not come back")
            encoding = time.perf_counter() - began
            file = read_messages(out)
            rows.append(
                (
                    name,
                    f"{8 * out.stat().st_size / len(text):.4f}",
                    f"{file.coded_bits / len(text):.4f}",
                    f"{encoding:.0f}",
                )
            )
            print(f"{rows[-1]}", file=sys.stderr, flush=True)
    for other in OTHERS:
        bits = len(build_codec(other).encode(text)) / len(text)
        rows.append((other, f"{bits:.4f}", f"{bits:.4f}", ""))
    print(f"{len(text):,} bytes of enwik8 from byte {options.start:,}\n")
    header = ("codec", "bits a byte, whole file", "messages", "seconds")
    print(Table(header, rows).markdown())
