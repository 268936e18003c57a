"""Files of any size through a codec: streams, kills, damage, and what another process decodes."""

import os
import random
import subprocess
import sys
import tracemalloc
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.codecs import registry
from codelength.codecs.combinators import Fallback, Raw, Reverse, Transformed
from codelength.coding import messages
from codelength.coding.bits import BitReader
from codelength.coding.messages import read_messages
from codelength.errors import CodelengthError, InputError, MessageError
from codelength.runs import verify_file
from codelength.runs.files import cut_text, decode_file, encode_file
from codelength.runs.streams import cut_stream
from tests.runs import plugged
from tests.runs.pieces import COMMAND, ROOT, TEXT, names

pytestmark = pytest.mark.usefixtures("plug_in")


@given(st.binary(max_size=60), st.integers(0, 9))
def test_pieces_are_the_file_and_are_cut_in_one_way(data, size):
    pieces = list(cut_stream(BytesIO(data), size))
    assert b"".join(pieces) == data and pieces
    assert all(pieces) or pieces == [b""]
    assert not size or all(len(piece) <= size for piece in pieces)
    first = pieces[0]
    rest = list(cut_stream(BytesIO(data[len(first) :]), size, begun=True))
    assert [first, *rest] == pieces


def test_small_pieces_of_what_is_no_text_end():
    assert b"".join(cut_text(b"\x80" * 20, 3)) == b"\x80" * 20


SIZES = [(size, "here") for size in (0, 1, 16, 64, 128, len(TEXT))]
SIZES += [(size, "process") for size in (0, len(TEXT))]


@pytest.mark.parametrize(("size", "verify"), SIZES)
@pytest.mark.parametrize("kind", ["plain", "whole"])
def test_a_file_comes_back(tmp_path, kind, size, verify):
    path, out, back = tmp_path / "text", tmp_path / "text.cl", tmp_path / "back"
    path.write_bytes(TEXT[:size])
    steps = []
    found = encode_file(path, f"plugged:kind={kind}", out, steps.append, verify)
    assert found.coded_bits + found.container_bits == 8 * out.stat().st_size
    assert (found.symbols, found.plain, found.resumed) == (size, 0, 0)
    assert (steps[-1].read, steps[-1].total, steps[-1].symbols) == (size, size, size)
    assert steps[-1].coded_bits == found.coded_bits
    decode_file(out, back)
    assert back.read_bytes() == TEXT[:size]
    assert verify_file(out).coded_bits == found.coded_bits
    assert names(tmp_path) == ["back", "text", "text.cl"]


@pytest.mark.parametrize(("verify", "reads"), [
    ("here", {0, 32, 64, 96, 128}),
    ("process", {0, 16, 32, 48, 64, 96, 128}),
])  # fmt: skip
def test_what_a_codec_says_of_its_progress_is_told(tmp_path, source, verify, reads):
    source.write_bytes(TEXT[:128])
    steps, out = [], tmp_path / "a.cl"
    encode_file(source, "plugged:kind=telling", out, steps.append, verify)
    late = {80, 112} if verify == "process" else set()  # a fresh process says it now and then
    assert reads <= {step.read for step in steps} <= reads | late
    assert steps[-1].symbols == 128
    steps = []
    decode_file(out, None, progress=steps.append)
    told = [step.read for step in steps]
    assert told == sorted(told) and told[-1] == out.stat().st_size == steps[-1].total
    assert len(set(told)) == 1 + 2 * 2 + 1


def test_the_bytes_are_those_of_the_writer_of_whole_files(tmp_path, source):
    """What streams is what `pack_messages` would have written, chunk by chunk."""
    encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
    whole = read_messages(tmp_path / "a.cl")
    codec, digest, out = plugged.Plain(), messages.TargetDigest(), BytesIO()
    writer = messages.MessageWriter(out, whole.header)
    for piece in cut_text(TEXT, 16):
        writer.add(codec.encode(piece))
        digest.add(piece)
    writer.finish(digest.digest())
    assert out.getvalue() == (tmp_path / "a.cl").read_bytes()


def piped(command, data):
    return subprocess.run(command, input=data, capture_output=True, check=False)


def test_a_pipe_in_and_a_pipe_out(tmp_path, source):
    encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
    encode = [*COMMAND, "encode", "-", "--codec", "plugged:kind=plain", "-o", "-"]
    for verify in ("here", "process"):
        made = piped([*encode, "--verify", verify], TEXT)
        assert made.returncode == 0 and made.stdout == (tmp_path / "a.cl").read_bytes()
        said = made.stderr.splitlines()
        assert said[0].endswith(b"decoded and equal") and b"no shorter" in said[1] and not said[2:]
    decode = [*COMMAND, "decode", "-", "-o", "-"]
    back = piped(decode, made.stdout)
    assert back.returncode == 0 and back.stdout == TEXT
    damaged = made.stdout[:-3] + b"abc"
    back = piped(decode, damaged)
    assert back.returncode == 2 and TEXT.startswith(back.stdout)
    assert back.stderr.startswith(b"error: ") and back.stderr.count(b"\n") == 1


def test_a_named_pipe_is_written_and_stays(tmp_path, source):
    encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", tmp_path / "pipe"], stdout=subprocess.PIPE) as reader:
        encode_file(source, "plugged:kind=plain", tmp_path / "pipe")
        assert reader.stdout.read() == (tmp_path / "a.cl").read_bytes()
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.parametrize("verify", ["here", "process"])
def test_memory_does_not_grow_with_the_file(tmp_path, verify):
    """A group is 32 KiB; the files are 8 and 100 groups."""
    peaks = []
    for groups in (8, 100):
        path, out, back = tmp_path / "big", tmp_path / "big.cl", tmp_path / "back"
        path.write_bytes(random.Random(groups).randbytes(groups * 8 * 4096))
        tracemalloc.start()
        encode_file(path, "plugged:kind=wide", out, verify=verify)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
        decode_file(out, back)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert back.read_bytes() == path.read_bytes()
    assert peaks[2] < 1.2 * peaks[0] + 50_000 and peaks[3] < 1.2 * peaks[1] + 50_000


def test_every_flip_and_every_cut_is_refused_or_decoded_right(tmp_path, source, monkeypatch):
    monkeypatch.setattr(registry, "entry_points", cache(registry.entry_points))
    source.write_bytes(TEXT[:90])
    encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
    whole, bad, out = (tmp_path / "a.cl").read_bytes(), tmp_path / "bad.cl", tmp_path / "back"
    damaged = [whole[:end] for end in range(len(whole))]
    for at in range(len(whole)):
        for bits in (1, 2, 4, 8, 16, 32, 64, 128, 255):
            damaged.append(whole[:at] + bytes([whole[at] ^ bits]) + whole[at + 1 :])
    damaged += [whole + b"\0", whole + whole, whole[: len(whole) // 2] * 2]
    for data in damaged:
        bad.write_bytes(data)
        with pytest.raises(CodelengthError):
            decode_file(bad, out)
        assert not out.exists()
    assert names(tmp_path) == ["a.cl", "bad.cl", "text"]


def test_a_right_file_of_a_wrong_text_is_refused_at_its_end(tmp_path, source):
    encode_file(source, "plugged:kind=plain", tmp_path / "a.cl")
    header = read_messages(tmp_path / "a.cl").header
    writer = messages.MessageWriter(file := BytesIO(), header)
    writer.add(plugged.Plain().encode(b"text"))
    writer.finish(bytes(32))
    (tmp_path / "a.cl").write_bytes(file.getvalue())
    with pytest.raises(MessageError, match="SHA-256 is not the file's"):
        decode_file(tmp_path / "a.cl", tmp_path / "back")
    assert names(tmp_path) == ["a.cl", "text"]


LIES = [n for n, piece in enumerate(cut_text(TEXT.replace(b"003", b"xxx"), 16)) if b"x" in piece]


def test_pieces_that_a_fresh_process_does_not_decode_are_stored_plainly(tmp_path, source):
    source.write_bytes(TEXT.replace(b"003", b"xxx"))
    here = encode_file(source, "plugged:kind=liar", tmp_path / "here.cl", verify="here")
    assert here.plain == 0
    found = encode_file(source, "plugged:kind=liar", tmp_path / "a.cl", verify="process")
    assert found.plain == len(LIES) > 5
    flags = {
        name: [chunk.reader().read_int(1) for chunk in read_messages(tmp_path / name).chunks]
        for name in ("here.cl", "a.cl")
    }
    for number, pair in enumerate(zip(flags["here.cl"], flags["a.cl"], strict=True)):
        assert (pair == (0, 1)) == (number in LIES)
    code = "import sys; from codelength.cli.main import main; main()"
    decode = [sys.executable, "-c", code, "decode", tmp_path / "a.cl", "-o", "-"]
    back = subprocess.run(decode, capture_output=True, check=True)
    assert back.stdout == source.read_bytes()


def test_what_is_read_alone_and_not_together_is_stored_plainly(tmp_path, source):
    found = encode_file(source, "plugged:kind=alone", tmp_path / "a.cl", verify="process")
    assert found.plain == found.messages == 42


def test_a_codec_that_has_no_plain_message_is_refused(tmp_path, source):
    source.write_bytes(TEXT[:200] + b"x" * 20)
    with pytest.raises(MessageError, match="does not decode its own message"):
        encode_file(source, "plugged:kind=hopeless", tmp_path / "a.cl", verify="process")
    assert names(tmp_path) == ["text"]


def test_a_fresh_process_that_ends_is_an_error_and_what_was_made_is_kept(tmp_path, source):
    with pytest.raises(OSError, match="ended with code 7"):
        encode_file(source, "plugged:kind=dead", tmp_path / "a.cl", verify="process")
    assert not (tmp_path / "a.cl").exists()


def test_a_codec_that_a_fresh_process_does_not_have_is_refused(tmp_path, source, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", ROOT)
    with pytest.raises(MessageError, match="a fresh process does not read it: unknown codec"):
        encode_file(source, "plugged:kind=plain", tmp_path / "a.cl", verify="process")
    assert names(tmp_path) == ["text"]


def test_what_a_codec_needs_is_in_the_header_and_named_where_it_lacks(tmp_path, source):
    encode_file(source, "plugged:kind=plain", tmp_path / "plain.cl")
    assert "needs" not in read_messages(tmp_path / "plain.cl").header
    encode_file(source, "plugged:kind=here", tmp_path / "a.cl")
    assert read_messages(tmp_path / "a.cl").header["needs"] == "here 1"
    decode_file(tmp_path / "a.cl", tmp_path / "back")
    with pytest.raises(MessageError) as error:
        decode_file(tmp_path / "a.cl", None, lambda _: "plugged:kind=there")
    assert "plugged:kind=here with fingerprint" in str(error.value)
    assert "which needs here 1; here plugged:kind=there has" in str(error.value)
    assert "which needs there 2" in str(error.value)


def test_combinators_pass_on_what_is_needed_and_what_is_plain():
    inner = Fallback(plugged.Here(), Raw())
    assert inner.needs() == "here 1" and Raw().needs() == ""
    assert Fallback(plugged.There(), inner).needs() == "there 2; here 1"
    for codec in (inner, Fallback(plugged.There(), inner), Transformed(inner, Reverse())):
        bits = codec.plain(b"abc")
        assert str(bits).startswith("1") and codec.decode(bits) == b"abc"
    assert Transformed(inner, Reverse()).needs() == "here 1"
    assert Raw().read(BitReader.over(Raw().plain(b"abc"))) == b"abc"
    assert Fallback(Raw(), plugged.Plain()).plain(b"a")[0] == 1


def test_a_full_disk_is_one_line_and_what_was_made_is_kept(tmp_path, source, monkeypatch):
    """/dev/full: the device that is always full."""
    with pytest.raises(InputError, match="cannot write /dev/full: No space left"):
        encode_file(source, "plugged:kind=plain", Path("/dev/full"))
    decode = tmp_path / "a.cl"
    encode_file(source, "plugged:kind=plain", decode)
    with pytest.raises(InputError, match="cannot write /dev/full: No space left"):
        decode_file(decode, Path("/dev/full"))
