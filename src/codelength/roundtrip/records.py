"""Records: an input, its gold output, and what is known about them; a data set is a file of them.

Example: record("rle", "none", Origin("string", "char_repeat", 1), "aaab").output
-> [["a", 3], ["b", 1]].
"""

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from codelength.errors import InputError
from codelength.roundtrip.families import FAMILIES, Code, Value
from codelength.roundtrip.values import dumps, loads

FILE = "data.jsonl"
"""The records of a data folder, one a line."""
SPLITS = {"train": 70, "validation": 10, "test": 20}
"""Of a hundred inputs."""
TEXTS = ("id", "family", "side_information", "source", "kind", "split", "input")
"""Fields of a record that are texts."""
LENGTHS = {"short": 64, "medium": 128}
"""Inputs of fewer characters; all others are "long"."""
ENTROPIES = {"low": 700, "medium": 1600}
"""Messages of fewer bits by `message_entropy`; all others are "high". Thirds of four families."""


@dataclass(frozen=True)
class Record:
    """One input of one family.

    Arguments:
        id: unique in a data set; ends with a checksum, so that other data have other ids.
        family, side_information: of the code that made the output.
        source, kind: where the input comes from.
        split: train, validation or test, by the input alone.
        input: the text.
        output: the message, as a JSON value.
        beside: tables that are given beside the message, by name.
    """

    id: str
    family: str
    side_information: str
    source: str
    kind: str
    split: str
    input: str
    output: Value
    beside: Mapping[str, Value]

    @property
    def code(self) -> Code:
        """The code that made the output."""
        return FAMILIES[self.family].codes[self.side_information]

    @property
    def length(self) -> str:
        """The stratum of the input's length."""
        return stratum(len(self.input), LENGTHS, "long")

    @property
    def entropy(self) -> str:
        """The stratum of the message's entropy: of how much there is to say."""
        return stratum(message_entropy(self.output), ENTROPIES, "high")


@dataclass(frozen=True)
class Origin:
    """Where an input comes from.

    Arguments:
        number: of the input in its kind, from 1.
    """

    source: str
    kind: str
    number: int


def stratum(amount: float, bounds: Mapping[str, float], above: str) -> str:
    """The first name whose bound is not reached."""
    return next((name for name, bound in bounds.items() if amount < bound), above)


def message_entropy(message: Value) -> float:
    """Bits of a message as JSON: its characters times the entropy of their frequencies."""
    text = dumps(message)
    counts = Counter(text).values()
    return math.fsum(count * math.log2(len(text) / count) for count in counts)


def split_of(text: str) -> str:
    """The split of an input, by its SHA-256: the same in every data set, so none ever overlap."""
    place = int.from_bytes(sha256(text.encode()).digest()[:8], "big") % 100
    for name, share in SPLITS.items():
        if place < share:
            return name
        place -= share
    raise AssertionError("the shares of splits are 100 in all")


def record(family: str, side_information: str, origin: Origin, text: str) -> Record:
    """The record of an input, whose output was decoded again."""
    code = FAMILIES[family].codes[side_information]
    beside = code.beside(text)
    output = code.encode(text, beside)
    assert code.decode(output, beside) == text, (family, text)
    digest = sha256(f"{family} {side_information} {text}".encode()).hexdigest()[:8]
    name = f"{family}/{origin.source}/{origin.kind}/{origin.number:04}-{digest}"
    where = (origin.source, origin.kind, split_of(text))
    return Record(name, family, side_information, *where, text, output, beside)


def line(one: Record) -> str:
    """A record as a line of JSON."""
    row = {
        "id": one.id,
        "family": one.family,
        "side_information": one.side_information,
        "source": one.source,
        "kind": one.kind,
        "split": one.split,
        "strata": {"length": one.length, "entropy": one.entropy},
        "input": one.input,
        "output": one.output,
        "beside": dict(one.beside),
    }
    return dumps(row) + "\n"


def data_file(folder: Path) -> Path:
    """The file of a data folder, or the file itself.

    Raises:
        InputError: there is none.
    """
    path = folder / FILE if folder.is_dir() else folder
    if not path.is_file():
        raise InputError(
            f"{folder} holds no {FILE}; make one: codelength roundtrip generate --out {folder}"
        )
    return path


def read_records(folder: Path) -> Iterator[Record]:
    """The records of a data folder.

    Raises:
        InputError: a line is none; names it.
    """
    path = data_file(folder)
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield record_of(text, f"{path}, line {number}")
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}") from error


def record_of(text: str, where: str) -> Record:
    """The record of a line.

    Raises:
        InputError: it is none; names `where`.
    """
    try:
        row = loads(text)
        texts = {key: row[key] for key in TEXTS}
        output, beside = row["output"], row["beside"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{where}: no record of round-trip data: {error!r}") from error
    if not (all(isinstance(one, str) for one in texts.values()) and isinstance(beside, dict)):
        raise InputError(f"{where}: {', '.join(TEXTS)} are texts, beside is an object")
    found = Record(**texts, output=output, beside=beside)
    if found.family not in FAMILIES or found.side_information not in FAMILIES[found.family].codes:
        raise InputError(f"{where}: no family {found.family!r} with {found.side_information!r}")
    if missing := found.code.all_tables.keys() - beside.keys():
        raise InputError(f"{where}: beside lacks {', '.join(sorted(missing))}")
    return found
