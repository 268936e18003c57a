"""Games of chess from a month of Lichess, as moves with spaces between them.

Example: moves(b"1. e4 { [%eval 0.1] } e6 2. d4 1-0") -> [b"e4", b"e6", b"d4"].
"""

import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import zstandard

from codelength.coding.messages import Json
from codelength.corpora.folders import data_folder
from codelength.corpora.instances import Corpus, Instance
from codelength.errors import InputError, MissingExtra

SOURCE = "https://database.lichess.org (2013-01, the first 2,000 games)"
GAMES = 2000
MEASURED = 1000
"""Games are measured from the first so many; move frequencies are of the others."""
SHORTEST, LONGEST = 20, 120
"""Half-moves of a game that is measured."""
COUNT = 100
COMMENT = re.compile(rb"\{[^}]*\}|\([^)]*\)|\$\d+")
NOT_A_MOVE = re.compile(rb"\d+\.+|1-0|0-1|1/2-1/2|\*")
MARKS = b"!?"


def moves(text: bytes) -> list[bytes]:
    """The half-moves of a game's movetext, without numbers, marks, comments and result."""
    words = COMMENT.sub(b" ", text).split()
    words = [NOT_A_MOVE.sub(b"", word) if b"." in word else word for word in words]
    return [word.rstrip(MARKS) for word in words if word and not NOT_A_MOVE.fullmatch(word)]


def read_games(data: Path | None) -> list[list[bytes]]:
    """The first 2,000 games.

    Raises:
        InputError: they are not here, or fewer.
    """
    folder = data_folder(data, "lichess", SOURCE)
    files = [path for path in sorted(folder.iterdir()) if {".pgn"} & set(path.suffixes)]
    if not files:
        raise InputError(f"{folder} holds no .pgn file; games are at {SOURCE}")
    raw = files[0].open("rb")
    file = zstandard.ZstdDecompressor().stream_reader(raw) if files[0].suffix == ".zst" else raw
    with raw:
        try:
            found = list(_games(file.read(8 << 20)))
        except zstandard.ZstdError as error:
            raise InputError(f"{files[0]} is damaged: {error}") from error
    if len(found) < GAMES:
        raise InputError(f"{files[0]} holds {len(found)} games, not {GAMES}")
    return found[:GAMES]


def _games(text: bytes) -> Iterator[list[bytes]]:
    lines: list[bytes] = []
    for line in [*BytesIO(text), b"\n"]:
        if line.strip() and not line.startswith(b"["):
            lines.append(line)
        elif lines and not line.strip():
            yield moves(b" ".join(lines))
            lines = []


def python_chess() -> Any:
    """The library of that name.

    Raises:
        MissingExtra: it is not installed.
    """
    try:
        import chess
    except ImportError as error:
        raise MissingExtra("chess needs: pip install 'codelength[agentic]'") from error
    return chess


def standard(game: list[bytes]) -> list[bytes]:
    """A game in standard algebraic notation: files of that time say more than is needed (Nb1c3).

    Raises:
        InputError: a move is not legal.
    """
    board, found = python_chess().Board(), []
    for move in game:
        try:
            played = board.parse_san(move.decode())
        except ValueError as error:
            raise InputError(f"{move!r} is no legal move: {error}") from error
        found.append(board.san(played).encode())
        board.push(played)
    return found


def frequencies(games: list[list[bytes]]) -> Counter[bytes]:
    """How often each move is made in the games that are never measured."""
    return Counter(move for game in games[MEASURED:] for move in standard(game))


class Games(Corpus):
    """Games of 20 to 120 half-moves, drawn by a seed (agentic codelength, appendix A.2).

    Arguments:
        data: the data folder; `$CODELENGTH_DATA` by default.
        seed: of the draw.
        limit: the first so many of the 100 drawn.
    """

    name = "chess"
    unit = "move"

    def __init__(self, data: Path | None = None, seed: int = 0, limit: int | None = None) -> None:
        games = read_games(data)[:MEASURED]
        fit = [k for k, game in enumerate(games) if SHORTEST <= len(game) <= LONGEST]
        drawn = np.random.default_rng(seed).permutation(len(fit))[:COUNT]
        self._seed, self._limit = seed, limit
        numbers = [fit[k] for k in drawn.tolist()][:limit]
        self._games = [(number, standard(games[number])) for number in numbers]
        joined = b"\n".join(b" ".join(game) for _, game in self._games)
        self._sha256 = sha256(joined).hexdigest()

    def describe(self) -> dict[str, Json]:
        """See `Corpus.describe`."""
        return {
            "source": "lichess 2013-01, in standard notation",
            "python-chess": str(python_chess().__version__),
            "sha256": self._sha256,
            "games": COUNT,
            "half_moves": f"{SHORTEST}..{LONGEST}",
            "seed": self._seed,
            "limit": self._limit,
        }

    def __iter__(self) -> Iterator[Instance]:
        for number, game in self._games:
            yield Instance(f"chess/{number}", b" ".join(game), units=len(game))

    def __len__(self) -> int:
        return len(self._games)
