"""Rows of programs that somebody else generated: our own form, and the KT repository's.

Example: candidate({"sequence": [1, 2], "program": "output = [1, 2]"}, "row 1").target
-> bytes([1, 2]).

A row has a `sequence`, or a `prompt` that holds one behind "Input Sequence:", and a `program`, or a
`generation` that holds one. A row, and each value in it, may itself be JSON in a string.
"""

import json
from dataclasses import replace
from typing import Any

from codelength.errors import InputError
from codelength.kt.scoring import Candidate
from codelength.synthesis.prompted.answers import program_in
from codelength.synthesis.prompted.prompts import sequence_in

SEQUENCES = ("sequence", "target", "sequence_input", "output_sequence")
PROMPTS = ("prompt", "input", "messages")
PROGRAMS = ("program", "code")
GENERATIONS = ("generation", "completion", "response", "output", "generations", "predictions")
"""Names of keys that are understood, the first found counts."""
NESTED = 3
"""How deep JSON may stand in strings."""


def unpacked(value: Any) -> Any:
    """What a string that holds a JSON list, object or string stands for; all else as it is."""
    for _ in range(NESTED):
        if not (isinstance(value, str) and value.strip()[:1] in ("[", "{", '"')):
            return value
        try:
            value = json.loads(value)
        except ValueError:
            return value
    return value


def unpacked_text(value: Any) -> Any:
    """A string that holds a JSON string or a JSON list of strings; all else as it is."""
    found = unpacked(value)
    texts = isinstance(found, list) and all(isinstance(one, str) for one in found)
    return found if isinstance(found, str) or (texts and found) else value


def _first(row: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((row[key] for key in keys if row.get(key) is not None), None)


def _text(value: Any) -> str | None:
    """A text, the first of a list of texts, or all turns of a conversation."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _text(_first(value, ("content", "text", *GENERATIONS)))
    if isinstance(value, list) and value:
        if all(isinstance(turn, dict) for turn in value):
            return "\n".join(filter(None, (_text(turn) for turn in value)))
        return _text(value[0])
    return None


def _asked(value: Any) -> str | None:
    """The text of a prompt; of a conversation, what the model itself did not say."""
    if isinstance(value, list):
        value = [
            turn
            for turn in value
            if not (isinstance(turn, dict) and turn.get("role") == "assistant")
        ]
    return _text(value)


def _target(row: dict[str, Any], where: str, alphabet: int) -> bytes:
    values = unpacked(_first(row, SEQUENCES))
    text = _asked(unpacked(_first(row, PROMPTS)))
    said = sequence_in(text) if text is not None else None
    if values is not None and said is not None and values != said:
        raise InputError(f"{where}: the sequence is not the one in the prompt")
    values = said if values is None else values
    if values is None:
        raise InputError(
            f'{where}: no sequence: expected "sequence", a list of integers 0..255, or "prompt", a'
            ' text with one behind "Input Sequence:"'
        )
    if not isinstance(values, list):
        raise InputError(f"{where}: the sequence is no list")
    for place, value in enumerate(values):
        if type(value) is not int or not 0 <= value < alphabet:
            raise InputError(
                f"{where}: the value {value!r} at position {place} of the sequence (from 0) is no"
                f" integer 0..{alphabet - 1}"
            )
    return bytes(values)


def candidates(row: Any, where: str, modality: str = "") -> list[Candidate]:
    """A row of a file as candidates: one, or one for each text of a list of generations.

    Raises:
        InputError: see `candidate`.
    """
    row = unpacked(row)
    if isinstance(row, dict) and _first(row, PROGRAMS) is None:
        key = next((key for key in GENERATIONS if row.get(key) is not None), None)
        texts = unpacked_text(row[key]) if key else None
        if isinstance(texts, list) and len(texts) > 1 and not isinstance(texts[0], dict):
            drawn = [candidate(row | {key: text}, where, modality) for text in texts]
            return [replace(one, id=f"{one.id}#{k}") for k, one in enumerate(drawn, 1)]
    return [candidate(row, where, modality)]


def candidate(row: Any, where: str, modality: str = "") -> Candidate:
    """A row of a file as a candidate; of a list of generations, the first.

    Arguments:
        modality: of rows that do not name one; "dna" has symbols 0..7, of 3 bits.

    Raises:
        InputError: names `where`, and what is missing.
    """
    row = unpacked(row)
    if not isinstance(row, dict):
        raise InputError(f"{where}: expected an object with a sequence and a program")
    named = row.get("modality")
    modality = named if isinstance(named, str) else modality
    alphabet = 8 if modality == "dna" else 256
    target = _target(row, where, alphabet)
    program = unpacked_text(_first(row, PROGRAMS))
    if program is None:
        said = _first(row, GENERATIONS)
        if said is None and not any(key in row for key in (*PROGRAMS, *GENERATIONS)):
            raise InputError(f'{where}: no "program" and no "generation"')
        text = _text(unpacked_text(said))
        program = program_in(text) if text is not None else None
    if program is not None and not isinstance(program, str):
        raise InputError(f"{where}: the program is no text")
    note = row.get("note")
    return Candidate(
        str(row.get("id", row.get("task_id", where))),
        target,
        program,
        note if isinstance(note, str) else "",
        modality,
        alphabet,
    )
