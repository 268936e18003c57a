r"""Any bytes as a model's tokens, and back: what tokens spell, joined, is the bytes.

Example: of tokens "a", "ab" and an escape, b"ab\xffa" becomes "ab", escaped 255, "a". A byte that
no token spells is escaped: the escape token, then one of 256 equal choices. How a tokenizer splits
is its own affair; `split` uses what it says only where `join` gives the bytes back.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

LONGEST = 16
"""Bytes of a token that the greedy split looks for."""
STRANGE = re.compile("([\udc80-\udcff]+)")
"""Bytes that are no UTF-8, as Python's `surrogateescape` decodes them."""


def byte_letters() -> dict[str, int]:
    """The letters by which byte-level tokenizers write bytes (GPT-2)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    letters = {chr(byte): byte for byte in plain}
    return letters | {chr(256 + k): byte for k, byte in enumerate(others)}


def spellings(tokenizer: Any) -> list[bytes | None]:
    """What each token of a tokenizer of transformers spells, None for special ones."""
    pieces = tokenizer.convert_ids_to_tokens(range(len(tokenizer)))
    special = set(tokenizer.all_special_ids)
    letters = byte_letters()
    added = tokenizer.added_tokens_decoder
    marked = any(piece == "<0x00>" for piece in pieces)  # SentencePiece with byte fallback
    found: list[bytes | None] = []
    for number, piece in enumerate(pieces):
        if number in special or not piece:
            found.append(None)
        elif marked:
            byte = len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">")
            text = piece.replace("\u2581", " ").encode()
            found.append(bytes([int(piece[3:5], 16)]) if byte else text)
        elif number in added:  # as it stands, not in letters
            found.append(piece.encode())
        elif all(letter in letters for letter in piece):
            found.append(bytes(letters[letter] for letter in piece))
        else:
            found.append(None)
    return found


class Vocabulary:
    """A model's tokens as spellings of bytes.

    Arguments:
        tokenizer: of transformers.
        symbols: rows of the model's output, which may be more than tokens.

    Attributes:
        escape: the token before a byte that is sent plainly; also what texts begin behind.
    """

    def __init__(self, tokenizer: Any, symbols: int) -> None:
        self._tokenizer, self.symbols = tokenizer, symbols
        self.spelled = spellings(tokenizer)[:symbols]
        ends = (tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.unk_token_id, 0)
        self.escape = next(one for one in ends if one is not None)
        self._numbers = {  # letters of SentencePiece's stand behind bytes, which are for the rest
            text: number
            for number, text in enumerate(self.spelled)
            if text and number != self.escape
        }

    def split(self, data: bytes) -> list[int]:
        """Tokens that spell `data`; an escaped byte b is `symbols + b`, for escape and byte."""
        found: list[int] = []
        for text, valid in _spans(data):
            tokens = self._tokens(text) if valid else None
            found += self._greedy(text) if tokens is None else tokens
        return found

    def join(self, tokens: Iterable[int]) -> bytes:
        """The bytes that tokens spell; what spells nothing is left out."""
        parts = []
        for token in tokens:
            if token >= self.symbols:
                parts.append(bytes([token - self.symbols]))
            else:
                parts.append(self.spelled[token] or b"" if token < len(self.spelled) else b"")
        return b"".join(parts)

    def _tokens(self, text: bytes) -> list[int] | None:
        """The tokenizer's own split, where that spells the text.

        Behind a space that tokenizers of SentencePiece's put in front, which is taken off again.
        """
        said: Sequence[int] = self._tokenizer(
            text.decode(), add_special_tokens=False, split_special_tokens=True
        )["input_ids"]
        usable = all(token < self.symbols and token != self.escape for token in said)
        if not usable:
            return None
        spelled = self.join(said)
        if spelled == b" " + text:
            return self._greedy(self.join(said[:1])[1:]) + list(said[1:])
        return list(said) if spelled == text else None

    def _greedy(self, text: bytes) -> list[int]:
        """The longest token at each place, else an escaped byte."""
        found, at = [], 0
        while at < len(text):
            for size in range(min(LONGEST, len(text) - at), 0, -1):
                token = self._numbers.get(text[at : at + size])
                if token is not None:
                    found.append(token)
                    at += size
                    break
            else:
                found.append(self.symbols + text[at])
                at += 1
        return found


def _spans(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """Parts of `data` in order, each with whether it is valid UTF-8."""
    for part in STRANGE.split(data.decode(errors="surrogateescape")):
        if part:
            yield part.encode(errors="surrogateescape"), not STRANGE.match(part)
