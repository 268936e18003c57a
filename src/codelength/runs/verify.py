"""Decode a run again, from what is on disk alone."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from codelength.codecs.protocol import Codec
from codelength.codecs.registry import build_codec
from codelength.coding.bits import BitReader
from codelength.coding.messages import (
    MessageFile,
    TargetDigest,
    fingerprint,
    read_messages,
)
from codelength.corpora.instances import Condition
from codelength.errors import InputError, MessageError
from codelength.runs.results import Row
from codelength.runs.store import INSTANCES, MESSAGES, Run, load_run


@dataclass(frozen=True)
class Verification:
    """What was decoded: how many messages, their bits, and whether there were any to decode."""

    path: Path
    codec: str
    messages: int
    coded_bits: int
    container_bits: int
    verified: bool


def rebuild(name: str, protocol_fingerprint: str, path: Path) -> Codec:
    """The codec that a header names, if its protocol is still the one that wrote the messages.

    Raises:
        MessageError: it is not; names both fingerprints.
    """
    codec = build_codec(name)
    found = fingerprint(codec.protocol())
    if found != protocol_fingerprint:
        raise MessageError(
            f"{path} was written by another protocol of {name}: fingerprint"
            f" {protocol_fingerprint} there, {found} here; decode it with the version that wrote it"
        )
    return codec


def verify_run(folder: Path) -> Verification:
    """Decode all messages of a run and compare each target's SHA-256 with its row.

    A run of estimates has no messages: it comes back with `verified` False.

    Raises:
        MessageError: a message is damaged, or its target is not the one in the row.
        InputError: no complete run.
    """
    run = load_run(folder)
    if MESSAGES not in run.info["files"]:
        return Verification(folder, run.codec, 0, 0, 0, False)
    for name, expected in run.info["files"].items():
        _check_file(folder / name, expected)
    file = read_messages(folder / MESSAGES)
    if file.header.get("fingerprint") != fingerprint(run.info["spec"]):
        raise MessageError(f"{folder / MESSAGES} belongs to another run than its run.json")
    codec = rebuild(run.codec, fingerprint(run.info["spec"]["protocol"]), folder)
    _decode_rows(run, codec, file)
    return Verification(
        folder, run.codec, file.messages, file.coded_bits, file.container_bits, True
    )


def _check_file(path: Path, expected: str) -> None:
    try:
        found = sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    if found != expected:
        raise MessageError(
            f"{path} is damaged: sha256 {found[:12]}..., run.json says {expected[:12]}..."
        )


def _decode_rows(run: Run, codec: Codec, file: MessageFile) -> None:
    rows = run.rows()
    if file.messages != len(rows):
        raise MessageError(f"{run.folder}: {file.messages} messages for {len(rows)} rows")
    digest = TargetDigest()
    at = 0
    for chunk in file.chunks:
        reader = chunk.reader()
        for row in rows[at : at + chunk.messages]:
            digest.add(_decode_row(codec, reader, row, run.folder / INSTANCES))
        at += chunk.messages
        if reader.left:
            raise MessageError(f"{run.folder / MESSAGES}: {reader.left} bits left in a chunk")
    if digest.digest() != file.digest:
        raise MessageError(f"{run.folder / MESSAGES}: the targets' SHA-256 is not the file's")


def _decode_row(codec: Codec, reader: BitReader, row: Row, where: Path) -> bytes:
    start = reader.position
    target = codec.read(reader, Condition(row.given_length, row.alphabet))
    if reader.position - start != row.coded_bits:
        raise MessageError(f"{where}: the message of {row.id} is not {row.coded_bits} bits long")
    if sha256(target).hexdigest() != row.sha256:
        raise MessageError(f"{where}: the message of {row.id} decodes to another target")
    return target
