"""Texts in an environment: decodable, never dearer than without it, prefix-free."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.agentic.prices import prices
from codelength.codecs.channels import Reader, Writer
from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.restricted import SCORINGS, STRING, TRIE, Restricted
from codelength.codecs.walks import Predictive
from codelength.coding.bits import BitReader, Bits
from codelength.coding.integers import elias_delta
from codelength.corpora.instances import Condition, Instance
from codelength.errors import CannotEncode, MessageError
from codelength.predictors.adaptive import Adaptive
from codelength.predictors.plain import Frequencies, Uniform
from tests.nim import LAST, MOVES, Biased, Nim, Pile

PREDICTORS = [Uniform(), Adaptive(), Biased(1), Frequencies({b"a": 5, b"O-O": 2})]


@st.composite
def games(draw):
    turns = draw(st.integers(0, LAST))
    return b" ".join(draw(st.sampled_from(MOVES[: LAST - turn])) for turn in range(turns))


@settings(max_examples=40)
@given(games(), st.text("01", max_size=9))
@pytest.mark.parametrize("scoring", SCORINGS)
@pytest.mark.parametrize("predictor", PREDICTORS, ids=lambda one: type(one).__name__)
def test_games_come_back_and_messages_are_prefix_free(predictor, scoring, game, behind):
    codec = Restricted(predictor, Nim(), scoring)
    bits = codec.encode(game)
    reader = BitReader.over(bits + Bits(behind))
    assert codec.read(reader) == game and reader.left == len(behind)


@settings(max_examples=100)
@given(games(), st.integers(0, 5))
def test_what_is_legal_never_costs_anything(game, seed):
    """A theorem: the chances of all legal moves, each with its end, sum to 1 at most."""
    for one in prices(Biased(seed), Nim(), game):
        assert one.string <= one.plain + 1e-9
        assert one.trie <= one.plain + 1e-9


@settings(max_examples=60)
@given(games())
@pytest.mark.parametrize("scoring", [STRING, TRIE])
def test_the_message_costs_what_the_prices_say(scoring, game):
    codec = Restricted(Biased(2), Nim(), scoring)
    message = codec.message(game, Condition(len(game)))
    said = sum(getattr(one, scoring) for one in prices(Biased(2), Nim(), game))
    assert message.ideal_bits == pytest.approx(said, abs=1e-6)
    assert len(message.bits) <= said + 0.02 * len(game.split()) + 2


def test_castling_both_ways_is_told_apart():
    codec = Restricted(Uniform(), Nim(), TRIE)
    assert codec.decode(codec.encode(b"O-O")) == b"O-O"
    assert codec.decode(codec.encode(b"O-O-O a")) == b"O-O-O a"


def test_of_moves_that_a_predictor_knows_nothing_about_all_cost_the_same():
    codec = Restricted(Frequencies({}), Nim(), STRING)
    ideal = codec.message(b"a a O-O", Condition(7)).ideal_bits
    with pytest.raises(CannotEncode, match="the move 2, b'b', is not legal"):
        codec.encode(b"a b O-O")
    assert ideal == pytest.approx(np.log2([6, 5, 4]).sum())


def test_what_is_illegal_falls_back():
    codec = Fallback(Restricted(Uniform(), Nim()), Raw())
    for text in (b"a z", b"a ", b" ", b"a" * 50, b"O-O\xff"):
        assert codec.decode(codec.encode(text)) == text


def test_many_in_step_make_the_messages_of_one_by_one():
    class Batched(Biased):
        batch = 4

    codec = Restricted(Batched(4), Nim())
    texts = [b"a", b"", b"O-O-O a", b"ab", b"a"]
    ready = codec.prepare([Instance(f"{k}", one) for k, one in enumerate(texts)])
    alone = Restricted(Biased(4), Nim())
    assert [ready.encode(one) for one in texts] == [alone.encode(one) for one in texts]
    readers = [BitReader.over(codec.encode(one)) for one in texts]
    assert codec.read_each([*readers, None], [Condition()] * 6) == [*texts, b""]


def test_a_flipped_or_cut_message_gives_another_game_or_an_error():
    codec = Restricted(Biased(5), Nim())
    bits = codec.encode(b"ab a O-O")
    for k in range(len(bits)):
        text = str(bits)
        flipped = Bits(text[:k] + ("0" if text[k] == "1" else "1") + text[k + 1 :])
        for one in (flipped, bits[:k]):
            try:
                found = codec.decode(one)
            except MessageError:
                continue
            assert found != b"ab a O-O" and all(move in MOVES for move in found.split(b" ") if move)


def test_a_text_is_coded_symbol_by_symbol_behind_the_public_one():
    codec, behind = Predictive(Adaptive()), Condition(text=b"the cat sat on the mat")
    assert len(codec.encode(b"the cat sat", behind)) < len(codec.encode(b"the cat sat")) - 20
    for given_ in (behind, Condition()):
        assert codec.decode(codec.encode(b"the cat sat", given_), given_) == b"the cat sat"


class Broken(Biased):
    def logits(self, ask):
        return np.full((len(ask.nodes), 256), np.nan)


@pytest.mark.parametrize("scoring", SCORINGS)
def test_a_predictor_without_numbers_is_no_message(scoring):
    codec = Fallback(Restricted(Broken(), Nim(), scoring), Raw())
    assert str(codec.encode(b"a a"))[0] == "1"
    with pytest.raises(CannotEncode, match="no numbers here"):
        Predictive(Broken()).encode(b"x")


def test_a_damaged_length_of_forced_moves_ends():
    class Forced(Pile):
        def legal(self):
            return [b"a"]

    class Endless(Nim):
        def begin(self, given):
            return Forced()

    codec = Restricted(Uniform(), Endless())
    with pytest.raises(MessageError, match="moves in a row had no other choice"):
        codec.decode(elias_delta(2**39 + 1) + Bits("1"))
    with pytest.raises(CannotEncode, match="do not spell this text"):
        Predictive(Frequencies({b"a": 1})).encode(b"zz")


def test_a_writer_and_a_reader_choose_alike():
    writer, logits = Writer(), np.log([0.5, 0.25, 0.25])
    assert [writer.choose(logits, 1), writer.uniform(7, 3)] == [1, 3]
    assert writer.choose(np.zeros(1), 0) == 0  # no choice, no bits
    bits = writer.finish()
    reader = Reader(BitReader.over(bits))
    assert [reader.choose(logits, None), reader.uniform(7, None)] == [1, 3]
    assert writer.ideal_bits == pytest.approx(2 + np.log2(7))
