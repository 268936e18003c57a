"""A language model as a compressor, beside others: bits a byte that decode, and speed.

python benchmarks/lm.py --bytes 32768 --start 2000000 --batch 16

The text is enwik8's (folder enwik8 of CODELENGTH_DATA), in pieces of 3,072 bytes for the model,
whole for the others. Bare: the same model in float32, one forward over the same windows.
"""

import argparse
import os
import sys
import time
from pathlib import Path

import numpy as np

from codelength.codecs.lmic.texts import TextCoder
from codelength.codecs.registry import build_codec
from codelength.coding.bits import BitReader
from codelength.corpora.instances import NOTHING
from codelength.report.tables import Table
from codelength.runs.files import cut_text

OTHERS = ("gzip", "xz", "brotli", "ppmd")


def text(start: int, count: int) -> bytes:
    """A part of enwik8."""
    folder = Path(os.environ.get("CODELENGTH_DATA", "")) / "enwik8"
    files = sorted(path for path in folder.glob("*") if path.stat().st_size > 1 << 20)
    if not files:
        sys.exit("skipped: enwik8 is not here (set CODELENGTH_DATA)")
    found = files[0].read_bytes()[start : start + count]
    if len(found) < count:
        sys.exit(f"error: {files[0]} ends before byte {start + count}")
    return found


def bare(coder: TextCoder, pieces: list[bytes]) -> tuple[float, float]:
    """Bits of the tokens by float32 logits, and the seconds of the forwards."""
    import torch

    words, bits, seconds = coder.vocabulary, 0.0, 0.0
    windows = []
    for tokens in map(words.split, pieces):
        windows += [tokens[k : k + coder.span] for k in range(0, len(tokens), coder.span)]
    for first in range(0, len(windows), coder.batch):
        rows = windows[first : first + coder.batch]
        width = max(map(len, rows))
        given = np.full((len(rows), width + 1), words.escape)
        for row, tokens in zip(given, rows, strict=True):
            row[1 : 1 + len(tokens)] = np.minimum(tokens, words.symbols - 1)
        asked = torch.from_numpy(given)
        began = time.perf_counter()
        with torch.inference_mode():
            logits = coder.weights.model(input_ids=asked[:, :-1]).logits.log_softmax(-1)
        seconds += time.perf_counter() - began
        own = logits.gather(-1, asked[:, 1:, None])[..., 0]
        for row, tokens in zip(own, rows, strict=True):
            bits -= float(row[: len(tokens)].double().sum()) / np.log(2)
    return bits, seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--bytes", type=int, default=32_768)
    parser.add_argument("--start", type=int, default=2_000_000)
    parser.add_argument("--model", default="smollm2-135m")
    parser.add_argument("--batch", type=int, default=16)
    options = parser.parse_args()
    target = text(options.start, options.bytes)
    coder = TextCoder(options.model, batch=options.batch)
    pieces = list(cut_text(target, 3 * coder.window))
    tokens = sum(len(coder.vocabulary.split(piece)) for piece in pieces)
    coder.encode(pieces[:1], [NOTHING])  # compiled, and made in float64
    plain, forward = bare(coder, pieces)
    began = time.perf_counter()
    coded = coder.encode(pieces, [NOTHING] * len(pieces))
    encoding = time.perf_counter() - began
    began = time.perf_counter()
    back = coder.decode([BitReader.over(one.bits) for one in coded], [NOTHING] * len(pieces))
    decoding = time.perf_counter() - began
    if back != pieces:
        sys.exit("error: messages do not come back")
    bits = sum(len(one.bits) for one in coded)
    ideal = sum(one.ideal_bits for one in coded)
    rows = [
        (f"{options.model}, messages decoded", f"{bits / len(target):.4f}"),
        (f"{options.model}, ideal bits (estimate)", f"{ideal / len(target):.4f}"),
        (f"{options.model}, float32 (estimate)", f"{plain / len(target):.4f}"),
    ]
    for name in OTHERS:
        rows.append((name, f"{len(build_codec(name).encode(target)) / len(target):.4f}"))
    print(f"`python benchmarks/lm.py {' '.join(sys.argv[1:])}`\n")
    print(f"{len(target):,} bytes, {len(pieces)} messages, {tokens:,} tokens\n")
    print(Table(("codec", "bits a byte"), rows).markdown())
    speeds = [
        ("one float32 forward", f"{tokens / forward:.1f}"),
        ("encode", f"{tokens / encoding:.1f}"),
        ("decode, in step", f"{tokens / decoding:.1f}"),
    ]
    print("\n" + Table(("work", "tokens/s"), speeds).markdown())


if __name__ == "__main__":
    main()
