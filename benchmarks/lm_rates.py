"""`rates`: bits a byte of files that were written and read again, beside other compressors."""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

from lm_text import enwik8

from codelength.cli.output import ByteProgress
from codelength.codecs.lmic.codec import BYTES
from codelength.codecs.protocol import Estimator
from codelength.codecs.registry import build, build_codec
from codelength.coding.messages import read_messages
from codelength.corpora.instances import Instance
from codelength.report.tables import Table
from codelength.runs.files import cut_text, encode_file

PROCESSES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
OTHERS = ("gzip", "xz", "brotli", "ppmd")


def estimate(name: str, pieces: list[bytes]) -> float:
    """The bits of pieces by one float32 pass, that of their lengths included."""
    estimator = build(name)
    assert isinstance(estimator, Estimator)
    prepared = estimator.prepare([Instance("", piece) for piece in pieces])
    return sum(prepared.estimate(piece).bits for piece in pieces)


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
            with ByteProgress(mode) as progress:
                written = encode_file(source, name, out, progress, verify="process")
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
    if "text" in options.modes.split(","):
        name = f"lmic-estimate:model={options.model},window={options.window}"
        began = time.perf_counter()
        guessed = estimate(name, list(cut_text(text, BYTES * options.window)))
        seconds = time.perf_counter() - began
        rows.append(
            (f"{name} of the same pieces", "-", f"{guessed / len(text):.4f}", f"{seconds:.0f}")
        )
    for other in OTHERS:
        bits = len(build_codec(other).encode(text)) / len(text)
        rows.append((other, f"{bits:.4f}", f"{bits:.4f}", ""))
    print(f"{len(text):,} bytes of enwik8 from byte {options.start:,}\n")
    header = ("codec", "bits a byte, whole file", "messages", "seconds")
    print(Table(header, rows).markdown())
    peaks = [resource.getrusage(who).ru_maxrss / 2**20 for who in PROCESSES]
    print(f"\nPeak memory: {peaks[0]:.2f} GiB here, {peaks[1]:.2f} GiB in the fresh process")
