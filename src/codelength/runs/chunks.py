"""Pieces of a file as chunks of a message file, a group at a time, and back."""

from collections.abc import Sequence

from codelength.codecs.protocol import Codec
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import Chunk
from codelength.corpora.instances import NOTHING, Instance
from codelength.errors import CannotEncode, InputError, MessageError


def code_pieces(codec: Codec, targets: Sequence[bytes], name: str) -> list[Bits]:
    """The messages of a group of pieces.

    Arguments:
        name: of the file, for errors.

    Raises:
        InputError: a codec without a message for one of them.
    """
    encoder = codec.prepare([Instance(name, one) for one in targets])
    try:
        return [encoder.encode(one, NOTHING) for one in targets]
    except CannotEncode as error:
        raise InputError(f"{name}: {error}; wrap the codec in a Fallback") from error


def come_back(decoder: Codec, targets: Sequence[bytes], messages: Sequence[Bits]) -> bool:
    """Whether messages decode to just these targets."""
    readers = [BitReader.over(bits) for bits in messages]
    read = decoder.read_many(readers, [NOTHING] * len(readers))
    return read == list(targets) and not any(reader.left for reader in readers)


def read_each(codec: Codec, chunks: Sequence[Chunk], name: str) -> list[bytes | MessageError]:
    """The targets of a group of chunks of one message each, read in step; or what is wrong."""
    readers = [chunk.reader() for chunk in chunks]
    targets = codec.read_each(readers, [NOTHING] * len(chunks))
    return [
        MessageError(f"{name}: {reader.left} bits left in a chunk")
        if reader.left and not isinstance(one, MessageError)
        else one
        for reader, one in zip(readers, targets, strict=True)
    ]


def read_chunks(codec: Codec, chunks: Sequence[Chunk], name: str) -> list[bytes]:
    """The targets of a group of chunks; a message in each is read in step with the others.

    Raises:
        MessageError: damaged or foreign.
    """
    readers = [chunk.reader() for chunk in chunks]
    if all(chunk.messages == 1 for chunk in chunks):
        targets = codec.read_many(readers, [NOTHING] * len(chunks))
    else:
        targets = [
            codec.read(reader, NOTHING)
            for reader, chunk in zip(readers, chunks, strict=True)
            for _ in range(chunk.messages)
        ]
    for reader in readers:
        if reader.left:
            raise MessageError(f"{name}: {reader.left} bits left in a chunk")
    return targets
