"""B: real games, decoded move by move; what is legal never costs anything."""

import contextlib
import os
from pathlib import Path

import pytest

from codelength.agentic.chess_moves import Board, ChessRules
from codelength.agentic.experiments import Settings, experiment
from codelength.agentic.models import MOVES, move_counts, predictor
from codelength.agentic.prices import prices
from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.restricted import SCORINGS, STRING, TRIE, Restricted
from codelength.coding.bits import Bits
from codelength.corpora.instances import Condition
from codelength.corpora.lichess import (
    LONGEST,
    MEASURED,
    SHORTEST,
    Games,
    frequencies,
    moves,
    read_games,
    standard,
)
from codelength.errors import InputError, MessageError
from tests import tiny_llama
from tests.needs import CHESS, LANGUAGE_MODELS

pytestmark = CHESS

CASTLING = b"e4 e5 Nf3 Nc6 Bb5 a6 Bxc6 dxc6 O-O Bg4 h3 h5 hxg4 hxg4 Nh2 Rxh2"
BOTH = b"d4 d5 Nc3 Nf6 Bf4 e6 Qd2 Be7 Nf3 O-O e3 b6 Be2 Bb7 O-O-O"
MATE = b"f3 e5 g4 Qh4#"


@pytest.fixture(scope="module")
def lichess() -> Path:
    folder = Path(os.environ.get("CODELENGTH_DATA", ""))
    if not (folder / "lichess").is_dir():
        pytest.skip("games are not here: set CODELENGTH_DATA to the folder that holds lichess")
    return folder


@pytest.mark.parametrize("game", [CASTLING, BOTH, MATE, b""])
@pytest.mark.parametrize("scoring", SCORINGS)
@pytest.mark.parametrize("model", ["none", "uniform", "frequency"])
def test_games_come_back(game, scoring, model):
    codec = Restricted(predictor(model, 64), ChessRules(), scoring)
    assert codec.decode(codec.encode(game)) == game


def test_what_is_no_game_falls_back():
    codec = Fallback(Restricted(predictor("none", 64), ChessRules()), Raw())
    for text in (b"e4 e4", MATE + b" e4", b"e2e4", b"Sf3", b"e4 ", b"\xff"):
        assert codec.decode(codec.encode(text)) == text


def test_castling_both_ways_is_legal_at_once_and_told_apart():
    board = Board()
    for move in BOTH.split(b" ")[:-1]:
        board.legal()
        board.play(move)
    assert {b"O-O", b"O-O-O"} <= set(board.legal())
    for scoring in SCORINGS:
        codec = Restricted(predictor("none", 64), ChessRules(), scoring)
        for game in (BOTH, BOTH.removesuffix(b"-O")):
            assert codec.decode(codec.encode(game)) == game


def test_moves_that_say_more_than_is_needed_are_put_into_standard_notation():
    assert standard([b"Ng1f3", b"e7e5", b"Nf3xe5"]) == [b"Nf3", b"e5", b"Nxe5"]
    with pytest.raises(InputError, match="no legal move"):
        standard([b"e5"])


def test_movetext_is_moves_alone():
    text = b"1. e4! { [%clk 0:05:00] } 1... e5?! 2. Nf3 $6 (2. d4) 2.Nc6 1/2-1/2"
    assert moves(text) == [b"e4", b"e5", b"Nf3", b"Nc6"]


def test_what_is_legal_never_costs_anything_on_real_games(lichess):
    total = 0
    for instance in Games(lichess, limit=3):
        for model in ("none", "frequency"):
            found = prices(predictor(model, 64), ChessRules(), instance.target)
            assert len(found) == instance.units
            if model == "none":  # the other one spells no text
                assert all(one.string <= one.plain + 1e-9 for one in found)
                assert all(one.trie <= one.plain + 1e-9 for one in found)
            total += len(found)
    assert total > 100


@LANGUAGE_MODELS
def test_what_is_legal_never_costs_a_language_model_anything(lichess, tmp_path):
    tiny_llama.save(tmp_path)
    model = predictor(str(tmp_path), 2048)
    (instance,) = Games(lichess, limit=1)
    found = prices(model, ChessRules(), instance.target)
    assert all(one.string <= one.plain + 1e-9 and one.trie <= one.plain + 1e-9 for one in found)
    for scoring in (STRING, TRIE):
        codec = Restricted(model, ChessRules(), scoring)
        public = Condition(len(instance.target))  # so that its length costs nothing
        message = codec.message(instance.target, public)
        said = sum(getattr(one, scoring) for one in found)
        assert len(message.bits) <= said + 2 + 0.01 * len(found)  # 2: the end of any message
        assert codec.decode(message.bits, public) == instance.target


def test_a_damaged_message_never_gives_the_game():
    codec = Restricted(predictor("none", 64), ChessRules(), TRIE)
    bits = codec.encode(MATE)
    for k in range(len(bits)):
        text = str(bits)
        flipped = Bits(text[:k] + ("0" if text[k] == "1" else "1") + text[k + 1 :])
        with contextlib.suppress(MessageError):
            assert codec.decode(flipped) != MATE


def test_games_are_drawn_by_a_seed_and_not_from_those_that_frequencies_are_of(lichess):
    games = read_games(lichess)
    drawn = list(Games(lichess))
    assert len(drawn) == 100 == len({one.id for one in drawn})
    assert all(SHORTEST <= one.units <= LONGEST for one in drawn)
    numbers = [int(one.id.split("/")[1]) for one in drawn]
    assert max(numbers) < MEASURED
    targets = [b" ".join(standard(games[k])) for k in numbers]
    assert targets == [one.target for one in drawn]
    assert [one.id for one in Games(lichess, seed=1)] != [one.id for one in drawn]
    assert move_counts() == dict(frequencies(games)), f"{MOVES.name} is of other games"


def test_conditions_models_and_budgets_that_there_are_not_are_refused(lichess):
    chess = experiment("chess")
    with pytest.raises(InputError, match="no condition 'B2'; there are B0, B1"):
        chess.arm("B2")
    with pytest.raises(InputError, match="no budget 'seeds'"):
        chess.budget({"seeds": 3})
    with pytest.raises(InputError, match="gzip predicts no symbols"):
        chess.system(chess.arm("B1"), "gzip", chess.budget({}))
    with pytest.raises(InputError, match="whole moves"):
        chess.system(chess.arm("B0"), "frequency", chess.budget({}))
    assert len(chess.corpus(Settings(lichess, limit=2))) == 2
