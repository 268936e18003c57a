"""Round trips: what is shown is what answers, for many inputs; how long data and scores take.

python benchmarks/roundtrip.py shown
python benchmarks/roundtrip.py speed
"""

import argparse
import contextlib
import io
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from codelength.cli.main import app
from codelength.report.tables import Table
from codelength.roundtrip.answers import block
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.families import FAMILIES, SIDES
from codelength.roundtrip.records import read_records
from codelength.roundtrip.settings import SETTINGS
from codelength.roundtrip.shown import shown
from codelength.roundtrip.values import dumps, loads, same

UNICODE = st.characters(exclude_categories=["Cs"])
TEXTS = st.one_of(
    st.text(alphabet=UNICODE),
    st.text(alphabet="ab", max_size=60),
    st.builds(lambda char, count: char * count, UNICODE, st.integers(1, 60)),
    st.builds(str.__mul__, st.text(alphabet=UNICODE, max_size=6), st.integers(0, 12)),
)


class Shown:
    """The shown functions of all families, run on texts; what was encoded, by text."""

    def __init__(self) -> None:
        self.functions = {
            (name, side, blind): tuple(
                shown(family.codes[side], function, blind).function()
                for function in ("encoder", "decoder")
            )
            for name, family in FAMILIES.items()
            for side in SIDES
            for blind in (False, True)
        }
        self.trips = 0

    def check(self, text: str, stored: dict[tuple[str, str], object] | None = None) -> None:
        """Encode and decode a text by every shown function; the message is the stored one."""
        for name, family in FAMILIES.items():
            for side in SIDES:
                code = family.codes[side]
                beside = code.beside(text)
                tables = [beside[table] for table in code.tables]
                every = [beside[table] for table in code.all_tables]
                gold = (stored or {}).get((name, side), code.encode(text, beside))
                gold = loads(dumps(gold))
                for blind in (False, True):
                    encode, decode = self.functions[name, side, blind]
                    assert same(encode(text, *tables), gold), (name, side, blind, text)
                    assert decode(gold, *every) == text, (name, side, blind, text)
                    self.trips += 1


def check_shown(options: argparse.Namespace) -> None:
    """Every record of a 5 x 200 mixed set, and so many inputs that Hypothesis makes."""
    rows = []
    for name, work in (
        ("records, 5 x 200 mixed", check_records),
        (f"Hypothesis inputs, {options.examples:,}", check_examples),
        ("10 kB of text", check_long),
    ):
        checked, began = Shown(), time.perf_counter()
        inputs = work(checked, options)
        rows.append((name, f"{inputs:,}", f"{checked.trips:,}",
                     f"{time.perf_counter() - began:.0f}"))  # fmt: skip
    print(Table(("inputs", "how many", "round trips", "seconds"), rows).markdown())
    print(f"\nAll right, in {len(FAMILIES)} families, with and without tables, plain and blind.")


def check_records(checked: Shown, options: argparse.Namespace) -> int:
    """The records' own answers, by text."""
    stored: dict[str, dict[tuple[str, str], object]] = {}
    for side in SIDES:
        for one in generate(Wanted(tuple(FAMILIES), count=200, side_information=side)):
            stored.setdefault(one.input, {})[one.family, side] = one.output
    for text, answers in stored.items():
        checked.check(text, answers)
    return len(stored)


def check_examples(checked: Shown, options: argparse.Namespace) -> int:
    """Texts of all of Unicode but surrogates."""
    seen: set[str] = set()

    @settings(max_examples=options.examples, database=None, deadline=None, derandomize=True,
              phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(TEXTS)
    def run(text: str) -> None:
        seen.add(text)
        checked.check(text)

    run()
    return len(seen)


def check_long(checked: Shown, options: argparse.Namespace) -> int:
    """A text of 10,000 characters, and one character as often."""
    words = "".join(one.input for one in generate(Wanted(("rle",), "string,log,yaml", 60)))
    texts = [(words * 3)[:10_000], "z" * 10_000]
    for text in texts:
        assert len(text) == 10_000
        checked.check(text)
    return len(texts)


def speed(options: argparse.Namespace) -> None:
    """4 x 1,250 records with traces and narrations; 100,000 answers scored."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        out = Path(name)
        data = out / "data"
        commands = {
            "generate": ["generate", "--count", "250", "--out", str(data)],
            "trace": ["trace", str(data), "--out", str(out / "traces.jsonl")],
            "narrate": ["narrate", str(data), "--out", str(out / "narrations.jsonl")],
        }
        for what, command in commands.items():
            seconds = timed(command)
            size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
            rows.append((what, f"{seconds:.0f}", f"{size / 1e6:.0f}"))
            print(rows[-1], file=sys.stderr, flush=True)
        for path in ("traces.jsonl", "narrations.jsonl"):
            (out / path).unlink()
        count = answers(data, out / "responses.jsonl", options.answers)
        score = ["score", str(out / "responses.jsonl"), "--data", str(data), "--json"]
        rows.append((f"score {count:,} answers", f"{timed(score):.0f}", ""))
    print(Table(("`codelength roundtrip ...`", "seconds", "MB on disk so far"), rows).markdown())


def timed(command: list[str]) -> float:
    """Seconds of a command; what it prints is dropped."""
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        run: Callable[..., object] = app
        run(["roundtrip", *command], standalone_mode=False)
    return time.perf_counter() - began


def answers(data: Path, out: Path, count: int) -> int:
    """Responses to a data set: a third right, a third wrong, a third without an answer."""
    chance, made = random.Random(0), 0
    with out.open("w") as file:
        while made < count:
            for one in read_records(data):
                for how in SETTINGS.values():
                    gold = one.output if how.asked == "output" else one.input
                    texts = [block(gold, how.asked), block(gold[:-1], how.asked), "I cannot."]
                    row = {"id": one.id, "setting": how.name, "response": chance.choice(texts)}
                    file.write(json.dumps(row) + "\n")
                    made += 1
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parts = parser.add_subparsers(dest="part", required=True)
    one = parts.add_parser("shown")
    one.set_defaults(function=check_shown)
    one.add_argument("--examples", type=int, default=10_000)
    one = parts.add_parser("speed")
    one.set_defaults(function=speed)
    one.add_argument("--answers", type=int, default=100_000)
    options = parser.parse_args()
    print(f"`python benchmarks/roundtrip.py {' '.join(sys.argv[1:])}`\n", flush=True)
    options.function(options)


if __name__ == "__main__":
    main()
