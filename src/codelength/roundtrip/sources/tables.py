r"""Tables: rows of cells with commas or tabs between them, the same number on each line.

Example: sparse -> "id,lat,lon,total\n1,,7,20\n2,,,31".
"""

from collections.abc import Callable, Sequence

from numpy.random import Generator

from codelength.roundtrip.sources.kinds import Kind, Source, between, letters, pick

QUANTITIES = ("x", "y", "z", "t", "lat", "lon", "mass", "speed", "temp", "load", "price", "score")
CODES = ("sku", "batch", "serial", "token", "bin", "part", "lot", "ref")
NAMES = ("Ada", "Boris", "Chen", "Dina", "Emil", "Fatima", "Goran", "Hana", "Ivo", "Jun")
CITIES = ("Oslo", "Lima", "Kyoto", "Accra", "Quito", "Turin", "Perth", "Riga", "Cairo", "Delhi")
UPPER, MIXED = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdef0123456789"

Cell = Callable[[Generator], str]


def whole(rng: Generator) -> str:
    """A small whole number."""
    return str(between(rng, 0, 999))


def decimal(rng: Generator) -> str:
    """A number with two places, now and then below zero."""
    return f"{between(rng, -2000, 9999) / 100:.2f}"


def code(rng: Generator) -> str:
    """Letters and digits, as on a label."""
    digits = f"{between(rng, 0, 9999):04d}"
    return pick(rng, (f"{letters(rng, UPPER, 2)}-{digits}", letters(rng, MIXED, 6), f"R{digits}"))


def name(rng: Generator) -> str:
    """A person."""
    return pick(rng, NAMES)


def city(rng: Generator) -> str:
    """A place."""
    return pick(rng, CITIES)


def date(rng: Generator) -> str:
    """A day."""
    year, month, day = between(rng, 2019, 2025), between(rng, 1, 12), between(rng, 1, 28)
    return f"{year}-{month:02d}-{day:02d}"


def flag(rng: Generator) -> str:
    """Yes or no."""
    return pick(rng, ("true", "false"))


def some(rng: Generator, items: Sequence[str], count: int) -> list[str]:
    """So many different ones."""
    return [items[at] for at in rng.permutation(len(items))[:count]]


def written(rng: Generator, rows: list[list[str]]) -> str:
    """The rows as lines, with commas or tabs."""
    separator = pick(rng, (",", "\t"))
    return "\n".join(separator.join(row) for row in rows)


def numeric(rng: Generator) -> str:
    """Numbers under the names of quantities."""
    header = some(rng, QUANTITIES, between(rng, 2, 5))
    cells = [pick(rng, (whole, decimal)) for _ in header]
    rows = [[cell(rng) for cell in cells] for _ in range(between(rng, 2, 7))]
    return written(rng, [header, *rows])


def alphanumeric(rng: Generator) -> str:
    """Codes; half of the tables have a header."""
    header = some(rng, CODES, between(rng, 2, 4))
    rows = [[code(rng) for _ in header] for _ in range(between(rng, 2, 6))]
    return written(rng, [header, *rows] if rng.integers(2) else rows)


COLUMNS: tuple[tuple[str, Cell], ...] = (
    ("name", name),
    ("city", city),
    ("date", date),
    ("active", flag),
    ("code", code),
    ("amount", decimal),
    ("count", whole),
)


def mixed(rng: Generator) -> str:
    """Numbered rows with columns of several types."""
    columns = [COLUMNS[at] for at in rng.permutation(len(COLUMNS))[: between(rng, 2, 5)]]
    rows = [
        [str(number), *(cell(rng) for _, cell in columns)]
        for number in range(1, between(rng, 2, 5) + 1)
    ]
    return written(rng, [["id", *(title for title, _ in columns)], *rows])


def repeated_header(rng: Generator) -> str:
    """Two to four exports of one table in a row, each with the header again."""
    columns = [COLUMNS[at] for at in rng.permutation(len(COLUMNS))[: between(rng, 2, 4)]]
    rows = []
    for _ in range(between(rng, 2, 4)):
        rows.append([title for title, _ in columns])
        rows += [[cell(rng) for _, cell in columns] for _ in range(between(rng, 1, 2))]
    return written(rng, rows)


def sparse(rng: Generator) -> str:
    """Most cells are empty; the first and the last column never are."""
    header = some(rng, QUANTITIES, between(rng, 3, 6))
    rows = []
    for number in range(1, between(rng, 3, 8) + 1):
        inner = [whole(rng) if rng.integers(3) == 0 else "" for _ in header]
        rows.append([str(number), *inner, whole(rng)])
    return written(rng, [["id", *header, "total"], *rows])


SOURCE = Source(
    "csv",
    (
        Kind("numeric", numeric),
        Kind("alphanumeric", alphanumeric),
        Kind("mixed", mixed),
        Kind("repeated_header", repeated_header),
        Kind("sparse", sparse),
    ),
)
