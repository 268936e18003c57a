"""Files of JSON lines that commands read, every error named by file and line.

Example: read_rows(Path("pairs.jsonl"), "sequence") -> (1, {"sequence": [1, 2], ...}), ...
"""

import json
import reprlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codelength.errors import InputError


def read_json(path: Path) -> Iterator[tuple[int, Any]]:
    """(line number, value) of every line that is not empty.

    Raises:
        InputError: the file cannot be read, or a line is not JSON.
    """
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except (ValueError, RecursionError) as error:
                    raise InputError(f"{path}, line {number}: not JSON: {error}") from error
                yield number, value
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 text: {error}") from error


def read_rows(path: Path, key: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """(line number, row) of a JSONL file whose rows have `key`.

    Raises:
        InputError: names the line that is no JSON object with that key.
    """
    for number, row in read_json(path):
        if not isinstance(row, dict) or key not in row:
            raise InputError(f'{path}, line {number}: expected an object with "{key}"')
        yield number, row


def sequence_of(value: Any, where: str) -> bytes:
    """A JSON list of integers 0..255 as bytes.

    Raises:
        InputError: it is none; names `where`, the position and the value.
    """
    if not isinstance(value, list):
        raise InputError(
            f"{where}: expected a list of integers 0..255 such as [1, 2, 3], not"
            f" {reprlib.repr(value)}"
        )
    for position, one in enumerate(value):
        if type(one) is not int or not 0 <= one <= 255:
            raise InputError(
                f"{where}: the value {reprlib.repr(one)} at position {position} (from 0) is no"
                " integer 0..255; a sequence is a list of integers 0..255"
            )
    return bytes(value)
