"""`primed` as a codec: lengths that are not public, symbols that its kind has not, its protocol."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.codecs.protocol import Codec
from codelength.codecs.registry import build_codec
from codelength.coding.bits import Bits
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import InputError, MessageError
from codelength.predictors.primed import shelf

CODECS = {kind: build_codec(f"primed:kind={kind}") for kind in shelf.ALPHABETS}


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(CODECS)), st.binary(max_size=80), st.booleans())
def test_any_bytes_come_back_whatever_is_public(kind, target, public):
    codec = CODECS[kind]
    given_ = Condition(len(target)) if public else NOTHING
    assert codec.decode(codec.encode(target, given_), given_) == target


def test_an_alphabet_as_large_as_the_kinds_costs_no_flag():
    codec, target = CODECS["dna"], bytes([0, 1, 2, 3] * 8)
    public = codec.encode(target, Condition(32, 8))
    assert len(codec.encode(target, Condition(32))) == len(public) + 1


def test_a_decoder_shares_nothing_and_agrees():
    codec = CODECS["text"]
    other = codec.decoder()
    assert other is not codec
    assert other.decode(codec.encode(b"the history of")) == b"the history of"


def test_tables_that_are_sent_again_are_loaded_once():
    """A worker is sent a codec with each batch; one that was used is as small as a new one."""
    used = pickle.dumps(build_codec("primed:kind=dna"))
    assert len(pickle.dumps(CODECS["dna"])) == len(used)
    first, second = pickle.loads(used), pickle.loads(used)
    assert second is not first
    assert first.encode(bytes([0, 1, 2, 3] * 8)) == CODECS["dna"].encode(bytes([0, 1, 2, 3] * 8))
    assert second._fitted is first._fitted
    assert "tables" in vars(second._fitted)
    assert copy.deepcopy(first._fitted) is first._fitted


def test_threads_may_share_a_codec():
    items = [bytes([k, 2 * k % 256] * 40) for k in range(40)]
    expected = [CODECS["text"].encode(one) for one in items]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(CODECS["text"].encode, items)) == expected


def test_the_protocol_names_the_tables():
    there = CODECS["text"].protocol()
    assert there["tables"] == shelf.shipped("text").sha256
    assert CODECS["text"].shared() == {"tables of text": shelf.shipped("text").size}


def test_a_damaged_length_is_refused():
    with pytest.raises(MessageError):
        CODECS["text"].decode(Bits("0" * 40 + "1" * 41))


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ("primed", "kind="),
        ("primed:kind=smell", "smell"),
        ("primed:kind=text,tables=x", "kind="),
        ("primed:tables=nowhere", "nowhere"),
        ("primed:kind=text,size=huge", "size"),
    ],
)
def test_wrong_options_are_refused_in_words(spec, words):
    with pytest.raises(InputError, match=words):
        build_codec(spec)


def test_a_file_of_tables_is_a_codec(tmp_path):
    (tmp_path / "mine").write_bytes((shelf.SHIPPED / "dna.tables").read_bytes())
    codec = build_codec(f"primed:tables={tmp_path / 'mine'}")
    assert isinstance(codec, Codec) and codec.protocol() == CODECS["dna"].protocol()
