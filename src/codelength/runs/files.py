"""Single message files: encode one file, decode it, verify it."""

from pathlib import Path

from codelength.codecs.registry import build_codec
from codelength.coding.messages import (
    MessageFile,
    TargetDigest,
    fingerprint,
    pack_messages,
    read_messages,
    write_atomic,
)
from codelength.corpora.files import read_file
from codelength.corpora.instances import Condition
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.runs.verify import Verification, rebuild


def encode_file(path: Path, name: str, out: Path) -> Verification:
    """Encode a file as one message into the message file `out`, which is decoded again first.

    Raises:
        InputError: unknown codec, unreadable file, or a codec without a message for it.
        MessageError: the codec's own message does not decode to the file; nothing is written.
    """
    codec = build_codec(name)
    refuse_same(path, out)
    target = read_file(path)
    try:
        bits = codec.encode(target, Condition())
    except CannotEncode as error:
        raise InputError(f"{path}: {error}; wrap the codec in a Fallback") from error
    if build_codec(name).decode(bits, Condition()) != target:
        raise MessageError(f"{name} does not decode its own message of {path}; nothing is written")
    digest = TargetDigest()
    digest.add(target)
    header = {"codec": name, "fingerprint": fingerprint(codec.protocol())}
    data = pack_messages(header, [bits], digest.digest())
    write_atomic(out, data)
    return Verification(out, name, 1, len(target), len(bits), 8 * len(data) - len(bits), True)


def refuse_same(source: Path, out: Path) -> None:
    """Refuse to write over what is read.

    Raises:
        InputError: both are one regular file.
    """
    if source.is_file() and out.is_file() and source.samefile(out):
        raise InputError(f"{out} is the file that is read; choose another -o")


def decode_file(path: Path) -> tuple[bytes, MessageFile]:
    """The targets of a message file that `codelength encode` wrote, joined; and the file.

    Raises:
        MessageError: damaged, truncated, or of another protocol.
        InputError: the messages of a run, which need its conditions.
    """
    file = read_messages(path)
    if "corpus" in file.header:
        raise InputError(f"{path} belongs to a run; verify its folder {path.parent} instead")
    codec = rebuild(str(file.header["codec"]), str(file.header["fingerprint"]), path)
    digest, targets = TargetDigest(), []
    for chunk in file.chunks:
        reader = chunk.reader()
        for _ in range(chunk.messages):
            targets.append(codec.read(reader, Condition()))
            digest.add(targets[-1])
        if reader.left:
            raise MessageError(f"{path}: {reader.left} bits left in a chunk")
    if digest.digest() != file.digest:
        raise MessageError(f"{path}: the decoded target's SHA-256 is not the file's")
    return b"".join(targets), file


def verify_file(path: Path) -> Verification:
    """Decode a message file and check the SHA-256 of what comes out; see `decode_file`."""
    target, file = decode_file(path)
    name = str(file.header["codec"])
    bits = file.coded_bits, file.container_bits
    return Verification(path, name, file.messages, len(target), *bits, True)
