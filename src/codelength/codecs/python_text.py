"""`python`: a codec for the texts of short Python programs, with a model fitted on such programs.

Example: PythonText().encode(b"output = [7] * 9") -> some 45 bits, where gzip takes 288.

The model (`predictors.mixing`) has read `python_prime.txt`, KT's sampled programs written as Python
(`benchmarks/fit_python.py` makes it), and goes on learning within a text. A text ends with a NUL.
"""

from functools import cache
from hashlib import sha256
from pathlib import Path

from codelength.codecs.combinators import LONGEST
from codelength.codecs.protocol import Codec, Message
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Json
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import CannotEncode
from codelength.predictors.mixing import VERSION, Mixing

PRIME = Path(__file__).parent / "python_prime.txt"
END = 0


@cache
def prime() -> bytes:
    """The programs that the model is fitted on, each with a NUL behind it."""
    programs = PRIME.read_bytes().rstrip(b"\n").split(b"\n\n")
    return b"".join(program + b"\0" for program in programs)


@cache
def fitted() -> Mixing:
    """The model, made once for each process; copy it."""
    return Mixing(prime())


class PythonText(Codec):
    """Any bytes without a NUL; short Python programs take the fewest bits."""

    def message(self, target: bytes, given: Condition = NOTHING) -> Message:
        """See `Codec.message`."""
        if END in target:
            raise CannotEncode("the text holds a NUL, which ends texts here")
        bits, ideal = fitted().copy().encode(target + bytes([END]))
        return Message(bits, ideal)

    def encode(self, target: bytes, given: Condition = NOTHING) -> Bits:
        """See `Codec.encode`."""
        return self.message(target, given).bits

    def read(self, reader: BitReader, given: Condition = NOTHING) -> bytes:
        """See `Codec.read`."""
        longest = LONGEST if given.length is None else given.length + 1
        return fitted().copy().decode(reader, END, longest)[:-1]

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        return {"codec": "python-text", "model": VERSION, "prime": sha256(prime()).hexdigest()}
