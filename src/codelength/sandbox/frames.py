"""Reads a child's frames as they arrive, and compares the values with the target."""

import struct
from collections.abc import Sequence

from codelength.sandbox.child.harvest import CHUNK, LONGEST_TEXT
from codelength.sandbox.outcome import Status

HEAD = struct.Struct("<cI")
LONGEST = {
    b"L": LONGEST_TEXT,
    b"R": 0,
    b"O": LONGEST_TEXT,
    b"E": LONGEST_TEXT,
    b"V": 8 * CHUNK,
    b"K": 0,
}
"""Bytes of each kind of frame at most: a program may send anything."""


class Reader:
    """Of one run.

    Arguments:
        target: to compare with, if any.
        most: values that are read where there is no target.
    """

    def __init__(self, target: Sequence[int] | None, most: int) -> None:
        self._target, self._most = target, most
        self._rest = b""
        self.layers: tuple[str, ...] | None = None
        self.verdict, self.text = b"", ""
        self.values: list[int] = []
        self.ended = self.wrong = self.flood = self.garbled = False

    @property
    def done(self) -> bool:
        """Whether there is no need to read on."""
        return self.ended or self.wrong or self.flood or self.garbled

    def judged(self) -> tuple[Status, str] | None:
        """The status that the frames tell, and what is wrong; None where they end too early."""
        if self.garbled:
            return Status.CRASH, "what it sent could not be read"
        if self.verdict == b"E":
            memory = self.text.startswith("MemoryError")
            return Status.MEMORY if memory else Status.EXCEPTION, self.text
        if self.verdict == b"O":
            return Status.OUTPUT, self.text
        if self.flood:
            return Status.FLOOD, f"more than {self._most:,} symbols"
        if self.verdict == b"R" and (self.ended or self.wrong):
            return Status.OK, ""
        return None

    def feed(self, data: bytes) -> None:
        """Take in what was read."""
        self._rest += data
        at = 0
        while at + HEAD.size <= len(self._rest) and not self.done:
            tag, length = HEAD.unpack_from(self._rest, at)
            if length > LONGEST.get(tag, -1):
                self.garbled = True
                return
            end = at + HEAD.size + length
            if len(self._rest) < end:
                break
            self._take(tag, self._rest[at + HEAD.size : end])
            at = end
        self._rest = self._rest[at:]

    def _take(self, tag: bytes, payload: bytes) -> None:
        if (tag == b"L") != (self.layers is None):  # the first frame, and no other
            self.garbled = True
        elif tag == b"L":
            self.layers = tuple(payload.decode().split())
        elif tag == b"K":
            self.ended = True
        elif tag == b"V":
            self.garbled = bool(len(payload) % 8) or not payload or not self.verdict
            if not self.garbled:
                self._compare(struct.unpack(f"<{len(payload) // 8}q", payload))
        else:
            self.garbled = (
                bool(self.verdict) and tag != b"E"
            )  # memory may end while values are sent
            self.verdict, self.text = tag, payload.decode("utf-8", "replace")

    def _compare(self, values: Sequence[int]) -> None:
        for value in values:
            place = len(self.values)
            if self._target is None and place == self._most:
                self.flood = True
                return
            self.values.append(value)
            if self._target is not None and (
                place == len(self._target) or value != self._target[place]
            ):
                self.wrong = True
                return
