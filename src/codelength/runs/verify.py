"""Decode a run again, from what is on disk alone."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from codelength.codecs.protocol import Codec
from codelength.codecs.registry import build_codec
from codelength.coding.bits import BitReader
from codelength.coding.messages import (
    Json,
    MessageFile,
    TargetDigest,
    differences,
    fingerprint,
    read_messages,
)
from codelength.corpora.instances import Condition
from codelength.errors import InputError, MessageError
from codelength.runs.measure import NAMELESS
from codelength.runs.results import Row
from codelength.runs.store import INSTANCES, MESSAGES, Run, load_run


@dataclass(frozen=True)
class Verification:
    """What was decoded: messages, symbols, bits, and whether there were any to decode."""

    path: Path
    codec: str
    messages: int
    symbols: int
    coded_bits: int
    container_bits: int
    verified: bool


Visit = Callable[[Row, bytes], None]
"""Is given each row and its decoded target."""


def rebuild(
    name: str, protocol_fingerprint: str, path: Path, protocol: Json | None = None
) -> Codec:
    """The codec that a header names, if its protocol is still the one that wrote the messages.

    Arguments:
        protocol: that wrote them, where it is known in full.

    Raises:
        MessageError: it is not; names what differs, or both fingerprints.
    """
    if name.startswith(NAMELESS):
        raise InputError(f"{path} was measured from Python without a name; give measure(name=...)")
    codec = build_codec(name)
    found = fingerprint(codec.protocol())
    if found != protocol_fingerprint:
        what = f"fingerprint {protocol_fingerprint} there, {found} here"
        if protocol is not None:
            what = "; ".join(differences(protocol, codec.protocol())) or what
        raise MessageError(
            f"{path} was written by another protocol of {name}: {what};"
            " decode it with what wrote it"
        )
    return codec


def verify_run(folder: Path, visit: Visit | None = None) -> Verification:
    """Decode all messages of a run, and compare targets, rows and totals with one another.

    A run of estimates has no messages: its files and totals are checked, and it comes back with
    `verified` False.

    Raises:
        MessageError: something is damaged, or does not agree.
        InputError: no complete run.
    """
    run = load_run(folder)
    changed = run.changed_files()
    if changed:
        raise MessageError(
            f"{folder}: {', '.join(changed)} damaged: not what run.json has hashes of"
        )
    sums = run.sums
    if sums != run.info["totals"]:
        raise MessageError(f"{folder}: the totals in run.json are not the sums of its rows")
    if (sums["coded_bits"] is not None) != (MESSAGES in run.info["files"]):
        raise MessageError(f"{folder}: rows with messages, and no {MESSAGES} in run.json")
    if sums["coded_bits"] is None:
        return Verification(folder, run.codec, 0, sums["symbols"], 0, 0, False)
    if sums["verified"] < sums["instances"]:
        lost = sums["instances"] - sums["verified"]
        raise MessageError(f"{folder}: {lost} of {sums['instances']} messages did not decode")
    file = read_messages(folder / MESSAGES)
    if file.header.get("fingerprint") != fingerprint(run.info["spec"]):
        raise MessageError(f"{folder / MESSAGES} belongs to another run than its run.json")
    protocol = run.info["spec"]["protocol"]
    codec = rebuild(run.codec, fingerprint(protocol), folder, protocol)
    check_observer(codec, run)
    _decode_rows(run, codec, file, visit)
    return Verification(
        folder,
        run.codec,
        file.messages,
        sums["symbols"],
        file.coded_bits,
        file.container_bits,
        True,
    )


def check_observer(codec: Codec, run: Run) -> None:
    """Refuse a run that another observer accepted than the codec's own.

    Raises:
        MessageError: names what differs.
    """
    if codec.observer is not None:
        differ = differences(run.info["spec"]["observer"], codec.observer.protocol(), "observer")
        if differ:
            raise MessageError(f"{run.folder} was accepted by another observer: {differ[0]}")


def _decode_rows(run: Run, codec: Codec, file: MessageFile, visit: Visit | None) -> None:
    rows = run.rows()
    if file.messages != len(rows):
        raise MessageError(f"{run.folder}: {file.messages} messages for {len(rows)} rows")
    digest = TargetDigest()
    readers = [reader for chunk in _by_chunk(run, file, rows) for reader in chunk]
    step = codec.together or 1
    for first in range(0, len(rows), step):
        some = rows[first : first + step]
        for row, target in zip(
            some, _decode_group(run, codec, readers[first : first + step], some), strict=True
        ):
            digest.add(target)
            if visit:
                visit(row, target)
    if digest.digest() != file.digest:
        raise MessageError(f"{run.folder / MESSAGES}: the targets' SHA-256 is not the file's")


def _by_chunk(run: Run, file: MessageFile, rows: Sequence[Row]) -> Iterator[list[BitReader]]:
    """A reader at each row's message, where the rows' lengths say that it is."""
    at = 0
    for chunk in file.chunks:
        readers, bits = [], 0
        for row in rows[at : at + chunk.messages]:
            reader = chunk.reader()
            reader.skip(bits)
            readers.append(reader)
            bits += row.coded_bits or 0
        if bits != chunk.length:
            raise MessageError(
                f"{run.folder / MESSAGES}: a chunk has {chunk.length} bits, its rows {bits}"
            )
        at += chunk.messages
        yield readers


def _decode_group(
    run: Run, codec: Codec, readers: Sequence[BitReader], rows: Sequence[Row]
) -> list[bytes]:
    """The targets of some rows, checked against them."""
    where, given = run.folder / INSTANCES, []
    for row in rows:
        try:
            given.append(Condition(row.given_length, row.alphabet, row.given_text or b""))
        except ValueError as error:
            raise MessageError(f"{where}: the condition of {row.id} is damaged: {error}") from error
    before = [reader.position for reader in readers]
    targets = []
    for row, found in zip(rows, codec.read_each(readers, given), strict=True):
        if isinstance(found, MessageError):
            raise MessageError(f"{run.folder}: the message of {row.id} is damaged: {found}")
        targets.append(found)
    for row, target, one, reader, start in zip(rows, targets, given, readers, before, strict=True):
        own = row.reconstruction is None
        if own and (len(target), len(target) * one.symbol_bits) != (row.symbols, row.raw_bits):
            raise MessageError(f"{where}: the symbols of {row.id} are not {row.symbols}")
        if reader.position - start != row.coded_bits:
            raise MessageError(
                f"{where}: the message of {row.id} is not {row.coded_bits} bits long"
            )
        if sha256(target).hexdigest() != row.sha256:
            raise MessageError(f"{where}: the message of {row.id} decodes to another target")
    return targets
