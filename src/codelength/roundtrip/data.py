"""Making a data set: inputs from sources or a file, each encoded by every family asked for.

Example: generate(Wanted(("rle",), "string:palindrome", 20)) -> 20 records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from codelength.errors import InputError
from codelength.roundtrip.families import FAMILIES, SIDES
from codelength.roundtrip.records import Origin, Record, record
from codelength.roundtrip.sources import chosen, spread

UNITS = ("lines", "chunks")
FROM_FILE = "file"
"""The source of inputs that a user's file has."""


@dataclass(frozen=True)
class Wanted:
    """What a data set is to hold.

    Arguments:
        families: by name.
        source: "mixed", a comma list of sources or source:kind; empty for none beside a file.
        count: inputs of each source; None for all of a file.
        seed: of the sources.
        side_information: "full" or "none".
        file: whose lines or chunks are inputs too.
        unit: "lines" or "chunks".
        size: characters of a chunk.
    """

    families: tuple[str, ...]
    source: str = "mixed"
    count: int | None = 50
    seed: int = 42
    side_information: str = "full"
    file: Path | None = None
    unit: str = "lines"
    size: int = 100

    def __post_init__(self) -> None:
        unknown = [name for name in self.families if name not in FAMILIES]
        if unknown or not self.families:
            raise InputError(f"no family {', '.join(unknown)}; there are {', '.join(FAMILIES)}")
        if self.side_information not in SIDES:
            raise InputError(
                f"side information is {' or '.join(SIDES)}, not {self.side_information}"
            )
        if not self.source and self.file is None:
            raise InputError("neither a source nor a file to take inputs from")

    def describe(self) -> dict[str, object]:
        """The options, for the data folder's own record of itself."""
        return asdict(self) | {"file": None if self.file is None else self.file.name}


def generate(wanted: Wanted) -> Iterator[Record]:
    """The records of a data set, one family behind the other; no input is there twice.

    Raises:
        InputError: a source has fewer inputs than asked for; says how many it has.
    """
    found = inputs(wanted)
    for family in dict.fromkeys(wanted.families):
        for origin, text in found:
            yield record(family, wanted.side_information, origin, text)


def inputs(wanted: Wanted) -> list[tuple[Origin, str]]:
    """The inputs of a data set, and where each comes from."""
    taken: set[str] = set()
    pairs: list[tuple[str, str, str]] = []
    for source in chosen(wanted.source) if wanted.source else []:
        count = 50 if wanted.count is None else wanted.count
        pairs += [(source.name, *one) for one in spread(source, wanted.seed, count, taken)]
    if wanted.file is not None:
        texts = [text for text in dict.fromkeys(pieces(wanted)) if text not in taken]
        if wanted.count is not None and len(texts) < wanted.count:
            raise InputError(
                f"{wanted.file} has {len(texts)} different {wanted.unit}, not {wanted.count}; ask"
                " for fewer"
            )
        pairs += [(FROM_FILE, wanted.unit, text) for text in texts[: wanted.count]]
    if not pairs:
        raise InputError(f"{wanted.file} has no {wanted.unit} that are not empty")
    return list(numbered(pairs))


def numbered(pairs: Sequence[tuple[str, str, str]]) -> Iterator[tuple[Origin, str]]:
    """Count the inputs of each kind."""
    counts: dict[tuple[str, str], int] = {}
    for source, kind, text in pairs:
        counts[source, kind] = counts.get((source, kind), 0) + 1
        yield Origin(source, kind, counts[source, kind]), text


def pieces(wanted: Wanted) -> list[str]:
    """The lines of a file that are not empty, or its chunks."""
    assert wanted.file is not None
    try:
        text = wanted.file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"cannot read {wanted.file}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{wanted.file} is not UTF-8 text: {error}") from error
    if wanted.unit == "lines":
        return [one for one in text.replace("\r\n", "\n").split("\n") if one]
    return [text[at : at + wanted.size] for at in range(0, len(text), wanted.size)]
