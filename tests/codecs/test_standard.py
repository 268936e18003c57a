import bz2
import gzip
import lzma
import zlib
from contextlib import suppress

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength import Bits
from codelength.codecs.registry import build_codec
from codelength.codecs.standard import GzipPaper, Standard
from codelength.coding.bits import BitReader
from codelength.coding.integers import elias_delta
from codelength.corpora.instances import Condition
from codelength.errors import MessageError

NAMES = ["raw", "gzip", "deflate", "bz2", "xz", "zstd", "brotli", "ppmd"]
contents = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda b, n: b * n, st.binary(min_size=1, max_size=9), st.integers(1, 400)),
)


@pytest.mark.parametrize("name", NAMES)
@given(st.lists(contents, max_size=3), st.text("01", max_size=17), st.booleans())
@settings(max_examples=60)
def test_messages_back_to_back_come_back(name, targets, behind, public):
    codec = build_codec(name)
    conditions = [Condition(len(target) if public else None) for target in targets]
    coded = [codec.encode(t, c) for t, c in zip(targets, conditions, strict=True)]
    reader = BitReader.over(sum(coded, Bits("1")) + Bits(behind))
    reader.skip(1)
    assert [codec.read(reader, condition) for condition in conditions] == targets
    assert reader.left == len(behind)


@pytest.mark.parametrize("name", NAMES)
def test_a_large_target_comes_back(name):
    target = bytes(range(256)) * 700 + b"x" * 100_000 + zlib.compress(bytes(range(256)) * 99)
    assert build_codec(name).decode(build_codec(name).encode(target)) == target


READERS = {
    "gzip": gzip.decompress,
    "deflate": lambda data: zlib.decompress(data, -15),
    "bz2": bz2.decompress,
    "xz": lzma.decompress,
    "zstd": zstandard.decompress,
    "brotli": brotli.decompress,
}


@pytest.mark.parametrize("name", READERS)
def test_messages_are_files_of_the_format(name):
    assert READERS[name](bytes(Standard(name).encode(b"hello " * 50))) == b"hello " * 50


def test_gzip_is_the_command_line_tools_size():
    """10 bytes of header, 8 of checksum and length, around the deflate stream."""
    target = b"hello hello hello"
    assert len(Standard("gzip").encode(target)) == len(Standard("deflate").encode(target)) + 144


def test_gzip_paper_counts_bytes_from_128_twice():
    high, low = bytes(range(128, 256)), bytes(range(128))
    assert GzipPaper().estimate(high).bits > 1.2 * GzipPaper().estimate(low).bits
    expected = len(gzip.compress(high.decode("latin-1").encode(), 9)) - 20
    assert GzipPaper().estimate(high).bits == 8 * expected
    assert GzipPaper().estimate(b"").bits == 0


@pytest.mark.parametrize("name", [n for n in NAMES if n != "raw"])
@given(st.data())
@settings(max_examples=60)
def test_damaged_streams_never_crash(name, data):
    codec = build_codec(name)
    bits = codec.encode(b"abracadabra " * 20)
    place = data.draw(st.integers(0, len(bits) - 1))
    flipped = Bits.from_int(int(bits) ^ (1 << place), len(bits))
    cut = bits[: data.draw(st.integers(0, len(bits) - 1))]
    for damaged in (flipped, cut):
        with suppress(MessageError):
            codec.decode(damaged)


@pytest.mark.parametrize("name", [n for n in NAMES if n not in ("raw", "deflate", "brotli")])
def test_formats_with_checksums_refuse_every_truncation(name):
    codec = build_codec(name)
    bits = codec.encode(b"abracadabra")
    for end in range(0, len(bits), 8):
        with pytest.raises(MessageError):
            codec.decode(bits[:end])


def test_less_effort_is_not_shorter():
    target = bytes(range(64)) * 30 + bytes(range(0, 250, 3)) * 40
    assert len(build_codec("gzip:level=1").encode(target)) >= len(
        build_codec("gzip").encode(target)
    )
    strong, weak = build_codec("zstd:level=22"), build_codec("zstd:level=1")
    assert weak.decode(strong.encode(target)) == target and strong.protocol() == weak.protocol()


@pytest.mark.parametrize("name", [n for n in NAMES if n != "raw"])
def test_a_message_may_not_hold_more_than_its_condition_says(name):
    codec = build_codec(name)
    bomb = codec.encode(bytes(3_000_000), Condition(None if name != "ppmd" else 3_000_000))
    with pytest.raises(MessageError):
        codec.decode(bomb, Condition(128))
    with pytest.raises(MessageError, match="symbol"):
        codec.decode(codec.encode(bytes([9]), Condition(1)), Condition(1, alphabet=8))


def test_ppmds_checksum_holds_for_its_length_too():
    codec = build_codec("ppmd")
    bits = codec.encode(b"hello world " * 8)
    head = len(elias_delta(97))
    for length in (50, 97, 200, 10**10):
        with pytest.raises(MessageError):
            codec.decode(elias_delta(length + 1) + bits[head:])
