"""A family: a compression program as source text that can be shown, run and inverted.

Example: FAMILIES["rle"].codes["none"].encode("aab") -> [["a", 2], ["b", 1]].

The functions in this folder's modules are both: what runs here and, word for word, what a prompt
shows. So they use what is built in, and little of the standard library.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Value = Any
"""What JSON can write: strings, integers of any size, lists."""
SIDES = ("full", "none")
"""Side information: tables are given beside the message, or the message brings them."""


def natural(value: Value) -> int:
    """A count or length in a message that anybody may have written.

    Raises:
        ValueError: it is no integer from 0 on.
    """
    if type(value) is not int or value < 0:
        raise ValueError("a count or length that is none")
    return value


@dataclass(frozen=True)
class Table:
    """What is given beside a message.

    Arguments:
        of: makes it of the text.
        words: what it is.
    """

    of: Callable[[str], Value]
    words: str


@dataclass(frozen=True, eq=False)
class Code:
    """One version of a family.

    Arguments:
        encoder: functions of which the last turns a text into a message; it needs the others.
        decoder: functions of which the last turns a message into the text.
        message: its shape as JSON, such as "[[string, integer], ...]".
        canonical: which of several messages that decode alike is the encoder's, in words that name
            no algorithm; for who sees the decoder alone.
        imports: lines that the functions need before them.
        tables: further arguments that both take, by the names of their parameters.
        decoder_tables: further arguments that only the decoder takes, behind those.
    """

    encoder: tuple[Callable[..., Any], ...]
    decoder: tuple[Callable[..., Any], ...]
    message: str
    canonical: str
    imports: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)
    decoder_tables: Mapping[str, Table] = field(default_factory=dict)

    def beside(self, text: str) -> dict[str, Value]:
        """What is given beside the message of a text: tables by name."""
        return {name: table.of(text) for name, table in self.all_tables.items()}

    @property
    def all_tables(self) -> dict[str, Table]:
        """Those that both take, then those that only the decoder takes."""
        return {**self.tables, **self.decoder_tables}

    def encode(self, text: str, beside: Mapping[str, Value] | None = None) -> Value:
        """The message of a text."""
        given = self.beside(text) if beside is None else beside
        return self.encoder[-1](text, *(given[name] for name in self.tables))

    def decode(self, message: Value, beside: Mapping[str, Value]) -> str:
        """The text of a message.

        Raises:
            Exception: of any kind, where it is no message.
        """
        text: str = self.decoder[-1](message, *(beside[name] for name in self.all_tables))
        return text


@dataclass(frozen=True, eq=False)
class Family:
    """A family of programs.

    Arguments:
        name: as on the command line.
        title: as prompts that are not blind call it.
        codes: by side information; families that need no tables have the same for both.
        spelled: how many characters a message would decode to, or a measure like it of what it
            asks for, where a short message can ask for much: for what a model says, before it is
            decoded. Raises anything where the message is none.
    """

    name: str
    title: str
    codes: Mapping[str, Code]
    spelled: Callable[[Value], int] | None = None

    @classmethod
    def plain(
        cls, name: str, title: str, code: Code, spelled: Callable[[Value], int] | None = None
    ) -> "Family":
        """A family that needs no tables."""
        return cls(name, title, dict.fromkeys(SIDES, code), spelled)
