"""A journal beside a half-written message file, so that a killed compression can go on.

Its first line says of what the file is made; then there is a line for each group of pieces that is
in the file: messages, bytes, CRC-32 there, SHA-256 of the targets so far, pieces stored plainly.
"""

import re
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from codelength.coding.atomic import write_atomic
from codelength.coding.messages import Json, MessageReader, Place, TargetDigest
from codelength.errors import MessageError
from codelength.runs.streams import cut_stream

LINE = re.compile(r"(\d{1,18}) (\d{1,18}) (\d{1,10}) ([0-9a-f]{64}) (\d{1,18})")


@dataclass(frozen=True)
class Start:
    """Where a compression begins, or goes on.

    Arguments:
        place: in the message file; None at its very beginning.
        digest: of the targets before it.
        read: bytes of the source before it.
        plain: pieces before it that were stored plainly.
    """

    place: Place | None
    digest: TargetDigest
    read: int = 0
    plain: int = 0


@dataclass(frozen=True)
class _Mark:
    place: Place
    digest: str
    plain: int


class Journal:
    """The journal of one message file that is being written.

    Arguments:
        path: of the journal.
        identity: of the file: whatever changes its bytes, in one line.
    """

    def __init__(self, path: Path, identity: str) -> None:
        self._path, self._identity = path, identity

    def start(
        self,
        part: BinaryIO,
        header: dict[str, Json],
        source: BinaryIO,
        piece: int,
        together: int,
    ) -> Start:
        """Where to go on; `part` and `source` are moved there, and what is behind it is cut off.

        It is the last end of a group at which the chunks' checksums, the header and the source are
        all as they were.

        Arguments:
            part: the file that a killed process left; may be empty.
            piece, together: see `Codec`.
        """
        marks = self._marks(part, header)
        start, digest, read = Start(None, TargetDigest()), TargetDigest(), 0
        last = max(marks, default=0)
        pieces = cut_stream(source, piece)
        for number, target in enumerate(islice(pieces, last), 1):
            digest.add(target)
            read += len(target)
            mark = marks.get(number)
            if mark is None:
                continue
            if mark.digest != digest.digest().hex():
                break
            if number % together == 0 or (number == last and next(pieces, None) is None):
                start = Start(mark.place, digest.copy(), read, mark.plain)
        source.seek(start.read)
        part.seek(start.place.size if start.place else 0)
        part.truncate()
        kept = self._line(start.place, start.digest, start.plain) if start.place else ""
        write_atomic(self._path, f"{self._identity}\n{kept}".encode(), sync=False)
        return start

    def add(self, place: Place, digest: TargetDigest, plain: int) -> None:
        """A group is in the file, up to `place`."""
        with self._path.open("a", encoding="ascii") as file:
            file.write(self._line(place, digest, plain))

    def _line(self, place: Place, digest: TargetDigest, plain: int) -> str:
        return f"{place.messages} {place.size} {place.check} {digest.digest().hex()} {plain}\n"

    def _marks(self, part: BinaryIO, header: dict[str, Json]) -> dict[int, _Mark]:
        """The lines that the chunks of the file bear out, by the number of messages."""
        try:
            identity, *lines = self._path.read_text(encoding="ascii").split("\n")
        except (OSError, UnicodeDecodeError):
            return {}
        if identity != self._identity:
            return {}
        found = [LINE.fullmatch(line) for line in lines]
        said = {
            (int(one[1]), int(one[2]), int(one[3])): (one[4], int(one[5])) for one in found if one
        }
        marks: dict[int, _Mark] = {}
        try:
            reader = MessageReader(part)
            if reader.header != header:
                return {}
            for _ in reader:
                place = reader.place
                known = said.get((place.messages, place.size, place.check))
                if known:
                    marks[place.messages] = _Mark(place, *known)
        except MessageError:
            pass  # from here on it is torn
        return marks
