"""Speed, memory and bounds of the coder, the language and the KT grid, printed as a table.

    python benchmarks/kt.py [libraries] [coder] [sampler] [programs] [exact] [cold] [grid]

`grid` needs KT's files (CODELENGTH_DATA). Figures are of one machine and noisy; nothing asserts
times, but bounds (bits over NLL, rates) are checked as they are measured.
"""

import json
import lzma
import math
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyppmd

from codelength.coding.arithmetic import Decoder, Encoder
from codelength.coding.bits import BitReader, BitWriter
from codelength.coding.tables import FrequencyTable, quantize
from codelength.corpora.kt import data_folder
from codelength.dsl import batch, pairs
from codelength.dsl.priors import ExactPrior


def report(name: str, value: str) -> None:
    print(f"{name:58s} {value}", flush=True)


def coder(messages: int = 1_000_000) -> None:
    """Random messages over random tables: bits over NLL, and decoding back to back."""
    dice = random.Random(1)
    tables = [FrequencyTable.of([dice.choice((1, 3, 200, 1 << 20)) for _ in range(n)]) for n in
              (1, 2, 2, 3, 5, 17)]  # fmt: skip
    tables += [quantize([dice.random() ** 8 for _ in range(n)]) for n in (2, 50, 1000)]
    costs = [[table.bits(s) for s in range(table.symbols)] for table in tables]
    worst, total_bits, total_nll, symbols, seconds = 0.0, 0, 0.0, 0, 0.0
    for _ in range(messages // 1000):
        plan = []
        for _ in range(1000):
            which = [dice.randrange(len(tables)) for _ in range(dice.randrange(12))]
            plan.append([(t, dice.randrange(tables[t].symbols)) for t in which])
        start = time.perf_counter()
        writer = BitWriter()
        lengths = []
        for message in plan:
            encoder = Encoder()
            for which, symbol in message:
                encoder.encode(symbol, tables[which])
            bits = encoder.finish()
            lengths.append(len(bits))
            writer.append(bits)
        reader = BitReader(bytes(writer), len(writer))
        for message in plan:
            decoder = Decoder(reader)
            if [decoder.decode(tables[t]) for t, _ in message] != [s for _, s in message]:
                raise AssertionError("a message did not come back")
            decoder.finish()
        if reader.left:
            raise AssertionError("bits are left over")
        seconds += time.perf_counter() - start
        for message, length in zip(plan, lengths, strict=True):
            nll = math.fsum(costs[t][s] for t, s in message)
            worst = max(worst, length - nll)
            total_nll += nll
            total_bits += length
            symbols += len(message)
    if worst > 2:
        raise AssertionError(f"{worst} bits over NLL")
    report("coder: random messages decoded back to back", f"{messages:,}")
    report("coder: most bits over NLL", f"{worst:.6f}")
    report("coder: mean bits over NLL", f"{(total_bits - total_nll) / messages:.3f}")
    report("coder: symbols/s, encoded and decoded, from Python", f"{symbols / seconds:,.0f}")


def sampler(count: int = 200_000) -> None:
    """Unique pairs a second with both costs, compiled before."""
    pairs.sample(0, 10)
    start = time.perf_counter()
    found = pairs.sample(1, count)
    seconds = time.perf_counter() - start
    raw = sum(8 * len(pair.sequence) for pair in found)
    report(f"sampler: unique pairs/s with costs ({count:,})", f"{count / seconds:,.0f}")
    gold = sum(1 + pair.paper_bits for pair in found) / raw
    report("sampler: gold rate, paper's cost + 1 bit", f"{gold:.4f}")


def programs(count: int = 1_000_000) -> None:
    """Cost and interpretation of many programs given as text."""
    found = pairs.sample(2, 50_000)
    texts = batch.texts(*batch.join([pair.words for pair in found]))
    batch.price(*batch.parse_many(texts[:10]))
    start = time.perf_counter()
    for _ in range(count // len(texts)):
        batch.price(*batch.parse_many(texts))
    report(f"programs: scan, run, both costs of {count:,}", f"{time.perf_counter() - start:.1f} s")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "programs.jsonl"
        with path.open("w") as file:
            for _ in range(count // len(texts)):
                file.writelines(json.dumps({"program": text}) + "\n" for text in texts)
        start = time.perf_counter()
        command = [sys.executable, "-m", "codelength", "kt", "cost", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        report(f"programs: `kt cost` of {count:,}", f"{time.perf_counter() - start:.1f} s")


def exact(count: int = 20_000) -> None:
    """Programs through the exact prior and back."""
    prior, found, writer = ExactPrior(), pairs.sample(3, count), BitWriter()
    prior.read(BitReader.over(prior.encode(found[0].program)))
    start = time.perf_counter()
    for pair in found:
        writer.append(prior.encode(pair.program))
    encoding = time.perf_counter() - start
    reader = BitReader(bytes(writer), len(writer))
    start = time.perf_counter()
    for pair in found:
        program = prior.read(reader)
        if not np.array_equal(program.words, pair.words):
            raise AssertionError("a program did not come back")
        if program.run().as_bytes() != pair.sequence:
            raise AssertionError("an output did not come back")
    decoding = time.perf_counter() - start
    raw = sum(8 * len(pair.sequence) for pair in found)
    report(
        f"exact: {count:,} programs, coded bits + 1 over raw", f"{(len(writer) + count) / raw:.4f}"
    )
    report("exact: programs/s encoded; decoded and run",
           f"{count / encoding:,.0f}; {count / decoding:,.0f}")  # fmt: skip


def cold() -> None:
    """`kt sample --count 40000` with nothing compiled."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CODELENGTH_CACHE": folder}
        command = [sys.executable, "-m", "codelength", "kt", "sample", "--count", "40000"]
        command += ["--out", str(Path(folder) / "pairs.jsonl")]
        for state in ("cold, compilation included", "again, from the cache"):
            start = time.perf_counter()
            subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
            report(
                f"cold: `kt sample --count 40000`, {state}", f"{time.perf_counter() - start:.1f} s"
            )


def grid() -> None:
    """All modalities x all standard codecs at 128 over the full files."""
    if data_folder() is None:
        report("grid", "skipped: KT's files are not here (CODELENGTH_DATA)")
        return
    codecs = "raw,gzip,gzip-paper,deflate,bz2,xz,zstd,brotli,ppmd"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "codelength", "kt", "run", "--modality", "all"]
        command += ["--codec", codecs, "--out", str(Path(folder) / "runs")]
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, proportional_kib(process.pid))
            time.sleep(0.2)
        if process.returncode:
            raise AssertionError(f"exit code {process.returncode}")
        report("grid: 6 modalities x 9 codecs at 128, full files",
               f"{time.perf_counter() - start:.0f} s")  # fmt: skip
    report("grid: peak memory, all processes (proportional)", f"{peak / 1024:.0f} MiB")


def resident_kib() -> int:
    """Resident memory of this process, KiB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def proportional_kib(parent: int) -> int:
    """Proportional set size of a process and its children, KiB (Linux)."""
    total = 0
    try:
        for line in Path(f"/proc/{parent}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    except OSError:
        return total
    return total + sum(proportional_kib(int(child)) for child in children)


FUZZ = """
import random, sys, pyppmd
dice = random.Random(int(sys.argv[1]))
for number in range(3000):
    target = bytes(dice.choices(range(256) if number % 2 else b"ab", k=dice.randint(1, 300)))
    encoder = pyppmd.Ppmd7Encoder(6, 1 << 20)
    stream = bytearray(encoder.encode(target) + encoder.flush())
    stream[dice.randrange(len(stream))] ^= 1 << dice.randrange(8)
    decoder = pyppmd.Ppmd7Decoder(6, 1 << 20)
    try:
        found = decoder.decode(bytes(stream), len(target))
        for _ in range(16):  # 7-Zip's readers give it zeros where it asks for more
            if len(found) < len(target):
                found += decoder.decode(b"\\0", len(target) - len(found))
    except (ValueError, SystemError):
        pass
"""


def libraries() -> None:
    """What docs/decisions.md says of libraries: xz's dictionary, ppmd's leak and crashes."""
    target = random.Random(1).randbytes(128)
    preset = 9 | lzma.PRESET_EXTREME
    for name, extra in (("preset 9e", {}), ("preset 9e, dictionary of 4 KiB", {"dict_size": 4096})):
        filters = [{"id": lzma.FILTER_LZMA2, "preset": preset, **extra}]
        start = time.perf_counter()
        for _ in range(50):
            stream = lzma.compress(target, lzma.FORMAT_XZ, filters=filters)
        micro = 1e6 * (time.perf_counter() - start) / 50
        report(f"libraries: xz, 128 bytes, {name}", f"{micro:,.0f} us, {len(stream)} bytes")
    before = resident_kib()
    for _ in range(10_000):
        encoder = pyppmd.Ppmd7Encoder(6, 1 << 16)
        encoder.encode(target)
        encoder.flush()
    leak = (resident_kib() - before) / 10_000
    report("libraries: pyppmd, memory kept by each encoder", f"{leak:.0f} KiB")
    codes = [
        subprocess.run([sys.executable, "-c", FUZZ, str(seed)], check=False).returncode
        for seed in range(8)
    ]
    crashed = sum(code < 0 for code in codes)
    report("libraries: pyppmd, processes of 3,000 damaged streams killed", f"{crashed} of 8")
    start = time.perf_counter()
    for item in range(20_000):
        np.random.Generator(np.random.PCG64(np.random.SeedSequence([1, item])))
    micro = 1e6 * (time.perf_counter() - start) / 20_000
    report("libraries: numpy, a Generator for an item", f"{micro:.1f} us")


PARTS = {part.__name__: part for part in (libraries, coder, sampler, programs, exact, cold, grid)}

if __name__ == "__main__":
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()
