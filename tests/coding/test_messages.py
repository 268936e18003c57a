import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength import Bits
from codelength.coding import messages
from codelength.coding.messages import MessageReader, MessageWriter, pack_messages, unpack_messages
from codelength.errors import MessageError

HEADER = {"codec": "raw", "fingerprint": "0123456789abcdef"}
DIGEST = bytes(range(32))


def small_file() -> bytes:
    return pack_messages(HEADER, [Bits("101"), Bits(), Bits("0" * 9)], DIGEST)


@given(st.lists(st.text("01", max_size=40), max_size=50))
def test_messages_stand_back_to_back_without_framing(texts):
    file = unpack_messages(pack_messages(HEADER, map(Bits, texts), DIGEST))
    assert file.header == HEADER and file.digest == DIGEST and file.messages == len(texts)
    assert "".join(str(c.reader().read(c.length)) for c in file.chunks) == "".join(texts)
    assert file.coded_bits == len("".join(texts))
    assert file.coded_bits + file.container_bits == 8 * file.size


def test_messages_are_cut_into_checked_chunks(monkeypatch):
    monkeypatch.setattr(messages, "CHUNK_MESSAGES", 3)
    file = unpack_messages(pack_messages(HEADER, [Bits("1")] * 7, DIGEST))
    assert [chunk.messages for chunk in file.chunks] == [3, 3, 1]


def test_a_chunk_costs_at_most_eight_bytes_beyond_its_message():
    bits = Bits.from_bytes(bytes(100_000))
    two = len(pack_messages(HEADER, [bits, bits], DIGEST))
    assert two - len(pack_messages(HEADER, [bits], DIGEST)) - 100_000 <= 8


def test_every_flip_of_every_byte_is_refused():
    data = small_file()
    for at in range(len(data)):
        for bit in range(8):
            damaged = bytearray(data)
            damaged[at] ^= 1 << bit
            with pytest.raises(MessageError):
                unpack_messages(bytes(damaged))


def test_every_truncation_and_every_appended_byte_is_refused():
    data = small_file()
    for end in range(len(data)):
        with pytest.raises(MessageError):
            unpack_messages(data[:end])
    with pytest.raises(MessageError):
        unpack_messages(data + b"\0")


def test_chunks_are_given_out_before_the_rest_is_read():
    """Each is checked by itself: what is damaged behind it does not matter yet."""
    data = small_file()
    reader = MessageReader(BytesIO(data[:-1]))
    assert reader.header == HEADER and reader.place.messages == 0
    chunks = iter(reader)
    assert next(chunks).messages == 3
    assert (reader.place.messages, reader.place.coded_bits) == (3, 12)
    with pytest.raises(MessageError, match="truncated"):
        next(chunks)
    assert reader.digest == b""


def test_a_damaged_length_asks_for_no_more_memory_than_there_is():
    start = messages.pack_header(HEADER)
    for length in (1 << 40, (1 << 63) - 1):
        with pytest.raises(MessageError, match="truncated"):
            unpack_messages(start + messages.varint(1) + messages.varint(length) + bytes(99))


@given(st.lists(st.text("01", max_size=20), min_size=1, max_size=8), st.data())
def test_a_writer_goes_on_where_a_reader_stopped(texts, data):
    out = BytesIO()
    writer = MessageWriter(out, HEADER)
    for text in texts:
        writer.add(Bits(text))
    writer.finish(DIGEST)
    whole, count = out.getvalue(), data.draw(st.integers(0, len(texts)))
    reader = MessageReader(BytesIO(whole))
    chunks = iter(reader)
    for _ in range(count):
        next(chunks)
    again = BytesIO()
    again.write(whole[: reader.place.size])
    writer = MessageWriter(again, HEADER, reader.place)
    for text in texts[count:]:
        writer.add(Bits(text))
    writer.finish(DIGEST)
    assert again.getvalue() == whole


def test_chunks_cannot_be_swapped(monkeypatch):
    monkeypatch.setattr(messages, "CHUNK_MESSAGES", 1)
    data = pack_messages(HEADER, [Bits("1" * 8), Bits("0" * 8)], DIGEST)
    start = len(messages.pack_header(HEADER))
    first, second, rest = data[start : start + 7], data[start + 7 : start + 14], data[start + 14 :]
    assert unpack_messages(data[:start] + first + second + rest).messages == 2
    with pytest.raises(MessageError, match="damaged"):
        unpack_messages(data[:start] + second + first + rest)


def test_another_format_version_is_refused_by_number():
    data = bytearray(small_file())
    data[4] = 9
    with pytest.raises(MessageError, match="format 9; this version reads format 1"):
        unpack_messages(bytes(data))


def test_golden_file_does_not_change():
    """A change of one byte here is a new format version."""
    assert small_file().hex() == (
        "434c454e01307b22636f646563223a22726177222c2266696e6765727072696e74223a223031323334353637"
        "3839616263646566227df0f186ce030ca00057dce9980003000102030405060708090a0b0c0d0e0f10111213"
        "1415161718191a1b1c1d1e1ffc35181d"
    )


@pytest.mark.parametrize(
    "text", [b"[]", b"{}", b"null", b"\xff", b"{", b"[" * 9999, b'{"codec":1}']
)
def test_a_header_that_is_none_is_refused(text):
    body = b"CLEN\1" + messages.varint(len(text)) + text
    with pytest.raises(MessageError, match="header"):
        unpack_messages(body + zlib.crc32(body).to_bytes(4, "big"))
