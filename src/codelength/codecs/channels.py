"""Both ends of a message as one thing: what chooses.

Example: `channel.choose(logits, own)` writes `own` where a message is made, and gives back what the
message says where it is read. So one routine is encoder and decoder, and they cannot drift apart.
"""

from abc import ABC, abstractmethod

import numpy as np

from codelength.coding.arithmetic import Decoder, Encoder
from codelength.coding.bits import BitReader, Bits
from codelength.coding.grid import Floats, table_of
from codelength.coding.tables import FrequencyTable
from codelength.errors import CannotEncode, CodelengthError, MessageError
from codelength.predictors.protocol import logsumexp


class Channel(ABC):
    """Chooses symbol after symbol.

    Attributes:
        ideal_bits: of all choices, by the logits before they were rounded.
        failure: what is raised where a predictor's numbers are none.
    """

    ideal_bits: float = 0.0
    failure: type[CodelengthError] = CannotEncode

    def choose(self, logits: Floats, own: int | None) -> int:
        """One of n, float64 `[n]`, in nats up to a constant.

        Arguments:
            own: what is chosen, where that is known.
        """
        if len(logits) == 1:
            return 0
        if np.isnan(logits).any() or (logits == np.inf).any():
            raise self.failure("the predictor gives no numbers here (NaN, or infinitely much)")
        if not np.isfinite(logits).any():  # none has a chance: all have the same
            logits = np.zeros(len(logits))
        table = table_of(logits)
        chosen = self._choose(table, own)
        own_logit = float(logits[chosen])
        if np.isfinite(own_logit):
            self.ideal_bits += (logsumexp(logits) - own_logit) / float(np.log(2))
        else:  # what has no chance has a count
            self.ideal_bits += table.bits(chosen)
        return chosen

    def uniform(self, choices: int, own: int | None) -> int:
        """One of so many equal choices."""
        return self.choose(np.zeros(choices), own)

    @abstractmethod
    def _choose(self, table: FrequencyTable, own: int | None) -> int: ...


class Writer(Channel):
    """Makes a message of choices that are known."""

    def __init__(self) -> None:
        self._encoder = Encoder()

    def _choose(self, table: FrequencyTable, own: int | None) -> int:
        if own is None:
            raise ValueError("who writes knows what is chosen")
        self._encoder.encode(own, table)
        return own

    def finish(self) -> Bits:
        """The message."""
        return self._encoder.finish()


class Reader(Channel):
    """Reads the choices of a message; `MessageError` where it ends too early."""

    failure = MessageError

    def __init__(self, reader: BitReader) -> None:
        self._decoder = Decoder(reader)

    def _choose(self, table: FrequencyTable, own: int | None) -> int:
        return self._decoder.decode(table)

    def finish(self) -> None:
        """Move the reader behind the message.

        Raises:
            MessageError: it does not end here.
        """
        self._decoder.finish()


class Scale(Channel):
    """Weighs choices that are known, and makes no message."""

    def _choose(self, table: FrequencyTable, own: int | None) -> int:
        if own is None:
            raise ValueError("who weighs knows what is chosen")
        return own
