"""What each move of a text costs without the environment and with it, under one predictor.

    plain = -log2 P(a | h),  string = -log2 P(a | h) / P(L | h),  trie: symbol by symbol

`plain` is the move by the predictor's own chances, its end included (`codecs.restricted`). So
plain - string = -log2 P(L | h) >= 0 is what the environment saves on the move, in unrounded logits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from codelength.codecs.environments import Environment, nodes_of, tree_of
from codelength.codecs.restricted import Restricted
from codelength.codecs.walks import Walk, drive
from codelength.coding.grid import Floats
from codelength.corpora.instances import NOTHING, Condition
from codelength.errors import CannotEncode
from codelength.predictors.protocol import Ask, Node, Predictor, logsumexp


@dataclass(frozen=True)
class Price:
    """A move's cost three ways, in bits; `legal`: how many moves there were."""

    move: bytes
    legal: int
    plain: float
    string: float
    trie: float


def prices(
    predictor: Predictor, environment: Environment, target: bytes, given: Condition = NOTHING
) -> list[Price]:
    """The price of each move of a text.

    Raises:
        CannotEncode: a move is not legal.
    """
    (found,) = drive(predictor, [_walk(Restricted(predictor, environment), target, given)])
    if isinstance(found, Exception):
        raise found
    return found or []


def _walk(codec: Restricted, target: bytes, given: Condition) -> Walk[list[Price]]:
    position, separator = codec.environment.begin(given), codec.environment.separator
    said: list[int] = []
    found: list[Price] = []
    for turn, own in enumerate(target.split(separator) if target else []):
        moves = position.legal()
        if own not in moves:
            raise CannotEncode(f"the move {turn + 1}, {own!r}, is not legal")
        spelled = [codec.predictor.split((separator if turn else b"") + one) for one in moves]
        nodes = nodes_of(spelled)
        answer = yield Ask(0, given.text, said, nodes)
        logits = dict(zip(nodes, answer, strict=True))
        k = moves.index(own)
        distinct = list(dict.fromkeys(map(tuple, spelled)))
        chances = codec.chances(distinct, logits)
        alike = float(np.log(sum(tuple(one) == tuple(spelled[k]) for one in spelled)))
        plain = alike - float(chances[distinct.index(tuple(spelled[k]))])
        trie = alike + _trie(codec, spelled, spelled[k], logits)
        in_bits = (plain, plain + logsumexp(chances), trie)
        found.append(Price(own, len(moves), *(one / float(np.log(2)) for one in in_bits)))
        said += spelled[k]
        position.play(own)
    return found


def _trie(
    codec: Restricted,
    spelled: Sequence[Sequence[int]],
    own: Sequence[int],
    logits: dict[Node, Floats],
) -> float:
    """Nats of a move, symbol by symbol among those that lead to a legal one."""
    here, nats = tree_of(spelled), 0.0
    for k in range(len(own) + 1):
        if not here.children:
            break
        step = own[k] if k < len(own) else None
        answer = logits[tuple(own[:k])]
        weighed = np.array([codec.chance(answer, one) for one in here.choices])
        nats += logsumexp(weighed) - float(codec.chance(answer, step))
        if step is not None:
            here = here.children[step]
    return nats
