"""B: games of chess as text, without and with the environment that knows the legal moves.

    L_B1(x) = sum_t -log2 P(a_t | h_t) / P(L_t | h_t)

(agentic codelength, section 5.1 and appendix A.2; how P(a | h) is counted: `codecs.restricted`).
"""

from collections.abc import Mapping
from typing import Any

from codelength.agentic.experiments import Arm, Experiment, Settings
from codelength.agentic.models import predictor, text_codec
from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.environments import Environment, Position
from codelength.codecs.protocol import Codec
from codelength.codecs.restricted import RANKING, STRING, TRIE, Restricted
from codelength.coding.messages import Json
from codelength.corpora.instances import Condition, Corpus
from codelength.corpora.lichess import Games, python_chess


class Board(Position):
    """A position on the board, from the usual one on."""

    def __init__(self) -> None:
        self._board = python_chess().Board()
        self._moves: dict[bytes, Any] = {}

    def legal(self) -> list[bytes]:
        """See `Position.legal`: in standard algebraic notation, in the order of their letters."""
        board = self._board
        self._moves = {board.san(move).encode(): move for move in board.legal_moves}
        return sorted(self._moves)

    def play(self, move: bytes) -> None:
        """See `Position.play`."""
        self._board.push(self._moves[move])


class ChessRules(Environment):
    """Which moves are legal, by python-chess."""

    def begin(self, given: Condition) -> Position:
        """See `Environment.begin`."""
        return Board()

    def protocol(self) -> dict[str, Json]:
        """See `Environment.protocol`."""
        return {"environment": "chess", "python-chess": str(python_chess().__version__)}


class Chess(Experiment):
    """100 games of Lichess 2013-01, 20 to 120 half-moves each."""

    name = "chess"
    arms = (
        Arm("B0", "a game as text"),
        Arm("B1", "legal moves, whole moves against one another", frozenset({"legal"})),
        Arm("B1-trie", "legal moves, symbol by symbol", frozenset({"legal"})),
        Arm("B1-ranking", "legal moves, by their rank alone", frozenset({"legal"})),
    )
    budgets: Mapping[str, int] = {"window": 2048}
    models = "none (context mixing), uniform, frequency, or a language model"

    def corpus(self, settings: Settings) -> Corpus:
        """See `Experiment.corpus`."""
        return Games(settings.data, settings.seed, settings.limit)

    def system(self, arm: Arm, model: str, budget: Mapping[str, int]) -> Codec:
        """See `Experiment.system`."""
        if "legal" not in arm.components:
            return text_codec(model, budget["window"])
        scoring = {"B1": STRING, "B1-trie": TRIE, "B1-ranking": RANKING}[arm.name]
        by = predictor(model, budget["window"])
        return Fallback(Restricted(by, ChessRules(), scoring), Raw())
