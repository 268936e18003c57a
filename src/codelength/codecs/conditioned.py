"""What both ends read before the message: documents that a retriever finds, a prompt, a template.

Example: Conditioned(codec, Documents("encyclopedia", {b"Who?": b"It was Ada."})) tells the codec,
behind the question, what was found for it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Self

from codelength.codecs.around import Around
from codelength.codecs.protocol import Codec
from codelength.coding.messages import Json
from codelength.coding.tally import count
from codelength.corpora.instances import Condition


class Source(ABC):
    """Turns the public text into what the codec reads; deterministic, and at both ends."""

    name: str

    @abstractmethod
    def text(self, given: bytes) -> bytes:
        """The text that the codec is given instead."""

    def protocol(self) -> dict[str, Json]:
        """What it depends on: name, hashes of documents."""
        return {"source": self.name}

    def shared(self) -> dict[str, int]:
        """Bytes of its documents, by name; see `Codec.shared`."""
        return {}


class Documents(Source):
    """Documents by the public text that they answer, put before it; none where nothing is known.

    Arguments:
        documents: by public text.
    """

    def __init__(self, name: str, documents: Mapping[bytes, bytes]) -> None:
        self.name, self.documents = name, dict(documents)

    def text(self, given: bytes) -> bytes:
        """See `Source.text`."""
        return self.documents.get(given, b"") + given

    def protocol(self) -> dict[str, Json]:
        """See `Source.protocol`."""
        digest = sha256()
        for key, document in sorted(self.documents.items()):
            for part in (key, document):
                digest.update(len(part).to_bytes(8, "big") + part)
        return super().protocol() | {"documents": digest.hexdigest()}

    def shared(self) -> dict[str, int]:
        """See `Source.shared`."""
        return {self.name: sum(map(len, self.documents.values()))}


class Conditioned(Around):
    """L(x | c) = L_inner(x | source(c)): what both ends can find out is not sent.

    Arguments:
        inner: reads `Condition.text`.
        source: finds it, once for each public text.

    Raises:
        ValueError: the inner codec has an observer, which would see another condition than the one
            that it judges by in the end.
    """

    def __init__(self, inner: Codec, source: Source) -> None:
        super().__init__(inner)
        if inner.observer is not None:
            raise ValueError("put Conditioned inside a codec with an observer, not round it")
        self.source = source
        self._found: dict[bytes, bytes] = {}

    def _with(self, inner: Codec) -> Self:
        other = type(self)(inner, self.source)
        other._found = dict(self._found)
        return other

    def _given(self, given: Condition) -> Condition:
        if given.text not in self._found:
            count("tool_calls")
            self._found[given.text] = self.source.text(given.text)
        return replace(given, text=self._found[given.text])

    def decoder(self) -> Codec:
        """See `Codec.decoder`: it has to find everything itself."""
        return type(self)(self.inner.decoder(), self.source)

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        parts: dict[str, Json] = {"codec": "conditioned", "by": self.source.protocol()}
        return parts | {"of": self.inner.protocol()}

    def shared(self) -> dict[str, int]:
        """See `Codec.shared`."""
        return self.inner.shared() | self.source.shared()
