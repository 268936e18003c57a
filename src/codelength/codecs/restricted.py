"""Texts in an environment: only what is legal has a share.

    Q(a | h) = P(a | h) / P(L | h),     L_t = -log2 Q(a_t | h_t)

(agentic codelength, appendix A.2). P(a | h) is the chance that the text goes on with the move a and
then ends it: its symbols, and then any symbol that begins with the separator. So no move is the
beginning of another ("O-O" of "O-O-O"), the chances of all moves sum to 1 at most, and to know what
is legal never costs anything: Q(a) >= P(a). Three ways to share out what is left:

- `string`: by P(a), whole moves against one another, as the formula has it;
- `trie`: symbol by symbol, each among those that lead to a legal move; the cheapest to compute;
- `ranking`: by the place among the legal moves, likeliest first, place r with a chance ~ 1 / r. It
  keeps the order and forgets how sure the predictor was, so it may cost more than P(a).
"""

from collections.abc import Sequence

import numpy as np

from codelength.codecs.channels import Channel
from codelength.codecs.environments import Environment, nodes_of, tree_of
from codelength.codecs.walks import MOST_FREE, Walk, WalkCodec
from codelength.coding.grid import GRID, Floats
from codelength.coding.messages import Json
from codelength.coding.tally import count
from codelength.corpora.instances import Condition
from codelength.errors import CannotEncode, MessageError
from codelength.predictors.protocol import Ask, Node, Predictor, logsumexp

STRING, TRIE, RANKING = "string", "trie", "ranking"
SCORINGS = (STRING, TRIE, RANKING)


class Restricted(WalkCodec):
    """A text move by move, by a predictor whose chances are shared out among the legal moves.

    Arguments:
        environment: says what is legal; both ends have it.
        scoring: one of `SCORINGS`.
    """

    name = "restricted"

    def __init__(
        self, predictor: Predictor, environment: Environment, scoring: str = STRING
    ) -> None:
        super().__init__(predictor)
        if scoring not in SCORINGS:
            raise ValueError(f"scoring is one of {', '.join(SCORINGS)}, not {scoring}")
        if not environment.separator:
            raise ValueError("an environment's moves need a separator between them")
        self.environment, self.scoring = environment, scoring

    def walk(
        self, row: int, channel: Channel, given: Condition, length: int, target: bytes | None
    ) -> Walk[bytes]:
        """See `WalkCodec.walk`."""
        separator = self.environment.separator
        own = None if target is None else target.split(separator)
        position, said, text = self.environment.begin(given), list[int](), b""
        turn = free = 0
        while len(text) < length:
            moves = position.legal()
            free = free + 1 if len(moves) == 1 else 0
            if free > MOST_FREE:
                raise channel.failure(f"{MOST_FREE} moves in a row had no other choice")
            count("tool_calls")
            if not moves:
                raise _nowhere(target, text)
            before = separator if turn else b""
            spelled = [self.predictor.split(before + move) for move in moves]
            known = None
            if own is not None:
                if own[turn] not in moves:
                    raise CannotEncode(f"the move {turn + 1}, {own[turn]!r}, is not legal")
                known = moves.index(own[turn])
            ask = Ask(row, given.text, said)
            if self.scoring == TRIE:
                chosen = yield from self._by_symbol(channel, ask, spelled, known)
            else:
                chosen = yield from self._by_move(channel, ask, spelled, known)
            said += spelled[chosen]
            text += before + moves[chosen]
            position.play(moves[chosen])
            turn += 1
        if len(text) > length:
            raise MessageError(f"the moves are longer than the {length} symbols of the text")
        return text

    def _by_symbol(
        self, channel: Channel, ask: Ask, spelled: Sequence[Sequence[int]], known: int | None
    ) -> Walk[int]:
        """The number of a move, found symbol by symbol."""
        here, path = tree_of(spelled), list[int]()
        own = None if known is None else spelled[known]
        while here.children:
            choices, taken = here.choices, 0
            if len(choices) > 1:
                (answer,) = yield Ask(ask.row, ask.given, [*ask.said, *path])
                logits = np.array([self.chance(answer, one) for one in choices])
                step = None
                if own is not None:
                    step = choices.index(own[len(path)] if len(path) < len(own) else None)
                taken = channel.choose(logits, step)
            symbol = choices[taken]
            if symbol is None:
                break
            path.append(symbol)
            here = here.children[symbol]
        return _alike(channel, here.ends, known)

    def _by_move(
        self, channel: Channel, ask: Ask, spelled: Sequence[Sequence[int]], known: int | None
    ) -> Walk[int]:
        """The number of a move, found by the chances of whole moves."""
        nodes = nodes_of(spelled)
        answer = yield Ask(ask.row, ask.given, ask.said, nodes)
        distinct = list(dict.fromkeys(map(tuple, spelled)))
        chances = self.chances(distinct, dict(zip(nodes, answer, strict=True)))
        own = None if known is None else distinct.index(tuple(spelled[known]))
        if self.scoring == RANKING:
            if np.isnan(chances).any():
                raise channel.failure("the predictor gives no numbers here (NaN)")
            steps = np.rint(chances * GRID)  # so that machines agree on the order
            order = sorted(range(len(distinct)), key=lambda k: (-steps[k], distinct[k]))
            ranks = -np.log(np.arange(1, len(order) + 1))
            chosen = order[channel.choose(ranks, None if own is None else order.index(own))]
        else:
            chosen = channel.choose(chances, own)
        alike = [k for k, one in enumerate(spelled) if tuple(one) == distinct[chosen]]
        return _alike(channel, alike, known)

    def chances(self, moves: Sequence[Node], logits: dict[Node, Floats]) -> Floats:
        """Log P(a) of each move, its end included, float64 `[moves]`, in nats."""
        found = []
        for move in moves:
            steps = (float(logits[move[:k]][move[k]]) for k in range(len(move)))
            found.append(sum(steps) + self.chance(logits[move], None))
        return np.array(found)

    def chance(self, logits: Floats, symbol: int | None) -> float:
        """Of a symbol; None: of any that begins with the separator.

        Where there is no such symbol, moves are whole symbols and end by themselves.
        """
        if symbol is not None:
            return float(logits[symbol])
        openers = self.predictor.openers(self.environment.separator)
        return logsumexp(logits[openers]) if len(openers) else 0.0

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        parts = super().protocol() | {"scoring": self.scoring}
        return parts | {"environment": self.environment.protocol()}

    def _with(self, predictor: Predictor) -> "Restricted":
        return Restricted(predictor, self.environment, self.scoring)


def _nowhere(target: bytes | None, text: bytes) -> MessageError | CannotEncode:
    what = f"nothing is legal behind {text[-40:]!r}"
    return MessageError(what) if target is None else CannotEncode(what)


def _alike(channel: Channel, moves: Sequence[int], known: int | None) -> int:
    """One of the moves that the predictor spells alike."""
    return moves[channel.uniform(len(moves), None if known is None else moves.index(known))]
