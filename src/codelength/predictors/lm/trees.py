"""A causal model that reads many texts in step, each with a tree of continuations behind it.

Example: TreeReader(weights, 1).read({0: ([5, 7], [(), (3,)])}) -> log-chances behind 5 7 and behind
5 7 3.

Rows are ragged: keys and values of all rows lie side by side in slots, and a mask says which slots
a token sees: those of its own ancestors. So one pass reads what is new in every row, a whole tree
included, and nothing is read twice but the last token. In float64 (`exact.PORTABLE`), where shapes
of batches move logits by some 1e-13 only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from codelength.coding.grid import Floats
from codelength.coding.tally import count
from codelength.errors import InputError
from codelength.predictors.lm.double import double
from codelength.predictors.lm.memory import Slots
from codelength.predictors.lm.weights import Weights
from codelength.predictors.protocol import Node

Request = tuple[Sequence[int], Sequence[Node]]
"""A text's tokens, at least one, and the nodes behind it."""
LONG = 32
"""New tokens of a text from which on all but the last are read first, without logits."""
SPARE = 256
"""Slots that nobody sees any more, before they are cleared away."""


@dataclass
class Row:
    """What of a text is in slots.

    Arguments:
        tokens: of the text as it was read last.
        slots: of its first tokens.
        tree: slots of the continuations that were read behind it.
    """

    tokens: list[int] = field(default_factory=list)
    slots: list[int] = field(default_factory=list)
    tree: dict[Node, int] = field(default_factory=dict)

    def go_on(self, tokens: Sequence[int]) -> None:
        """Move to a text, and keep the slots of what it begins with."""
        same, most = 0, min(len(tokens), len(self.slots))
        while same < most and self.tokens[same] == tokens[same]:
            same += 1
        slots = self.slots[:same]
        if same == len(self.slots):
            node: Node = ()
            for token in tokens[same:]:
                node = (*node, token)
                if node not in self.tree:
                    break
                slots.append(self.tree[node])
        self.tokens, self.slots, self.tree = list(tokens), slots[: len(tokens) - 1], {}


@dataclass
class New:
    """What is new in a row: tokens, each behind another one.

    Arguments:
        before: the slots that the first of them see.
        tokens: what they are.
        parents: the number of the new token that each stands behind, -1 for none.
        places: how many tokens stand before each.
    """

    before: list[int]
    tokens: list[int] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)

    def add(self, token: int, parent: int) -> int:
        """One more; its number."""
        self.tokens.append(token)
        self.parents.append(parent)
        self.places.append(len(self.before) if parent < 0 else self.places[parent] + 1)
        return len(self.tokens) - 1


class TreeReader:
    """Reads some texts in step; see the module.

    Arguments:
        rows: how many texts.

    Raises:
        InputError: the model keeps other things than keys and values.
    """

    def __init__(self, weights: Weights, rows: int) -> None:
        self._weights, self._model = weights, weights.double
        self._slots, self._used = Slots(), 0
        self._rows = {n: Row() for n in range(rows)}

    def read(self, requests: Mapping[int, Request]) -> dict[int, Floats]:
        """Log-chances behind each node of texts, by their numbers, float64 `[nodes, symbols]`.

        A text that is left out is finished, and its room is given back.
        """
        self._leave([n for n in self._rows if n in requests])
        self._tidy()
        for n, row in self._rows.items():
            row.go_on(requests[n][0])
        pairs = [(row, requests[n]) for n, row in self._rows.items()]
        if any(len(request[0]) - len(row.slots) > LONG for row, request in pairs):
            before = [self._extend(row, request[0][:-1]) for row, request in pairs]
            self._forward(before, [[] for _ in pairs])
        grown = [self._grow(row, request) for row, request in pairs]
        found = self._forward([new for new, _ in grown], [wanted for _, wanted in grown])
        return dict(zip(self._rows, found, strict=True))

    def _leave(self, numbers: Sequence[int]) -> None:
        """Only those texts go on."""
        if len(numbers) < len(self._rows):
            places = {n: k for k, n in enumerate(self._rows)}
            if self._used:
                self._slots.select(np.array([places[n] for n in numbers], np.int64))
            self._rows = {n: self._rows[n] for n in numbers}

    def _extend(self, row: Row, tokens: Sequence[int]) -> New:
        """The tokens that are not in slots yet."""
        new = New(list(row.slots))
        for token in tokens[len(row.slots) :]:
            row.slots.append(self._used + new.add(token, len(new.tokens) - 1))
        return new

    def _grow(self, row: Row, request: Request) -> tuple[New, list[int]]:
        """The same with the tree behind them, and the numbers of the nodes that are asked about."""
        tokens, nodes = request
        new = self._extend(row, tokens)
        numbers: dict[Node, int] = {(): len(new.tokens) - 1}
        every = {one[:k] for one in nodes for k in range(1, len(one) + 1)}
        for node in sorted(every):
            numbers[node] = new.add(node[-1], numbers[node[:-1]])
            row.tree[node] = self._used + numbers[node]
        return new, [numbers[node] for node in nodes]

    def _forward(self, news: Sequence[New], wanted: Sequence[Sequence[int]]) -> list[Floats]:
        """Read what is new; the log-chances behind the tokens that are wanted."""
        import torch

        most = max(len(new.tokens) for new in news)
        shape = (len(news), most)
        tokens, places = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
        mask = np.zeros((*shape, self._used + most), bool)
        mask[:, np.arange(most), self._used + np.arange(most)] = True
        for n, new in enumerate(news):
            tokens[n, : len(new.tokens)], places[n, : len(new.tokens)] = new.tokens, new.places
            for k, parent in enumerate(new.parents):
                if parent < 0:
                    mask[n, k, new.before] = True
                else:
                    mask[n, k] |= mask[n, parent]
        device = self._weights.device
        count("model_calls")
        count("model_tokens", sum(len(new.tokens) for new in news))
        with torch.inference_mode(), double():
            said = self._model(
                input_ids=torch.from_numpy(tokens).to(device),
                attention_mask=torch.from_numpy(mask)[:, None].to(device),
                position_ids=torch.from_numpy(places).to(device),
                past_key_values=self._slots.cache,
                use_cache=True,
                logits_to_keep=0 if any(wanted) else 1,
            )
            self._used += most
            return [
                said.logits[n, one].log_softmax(-1).cpu().numpy() if one else np.zeros((0, 0))
                for n, one in enumerate(wanted)
            ]

    def _tidy(self) -> None:
        """Clear away the slots that no text needs, where they are many."""
        most = max(len(row.slots) + len(row.tree) for row in self._rows.values())
        if self._used <= 2 * most + SPARE:
            return
        kept = [[*row.slots, *row.tree.values()] for row in self._rows.values()]
        index = np.zeros((len(kept), max(1, most)), np.int64)
        for row, own, line in zip(self._rows.values(), kept, index, strict=True):
            line[: len(own)] = own
            row.slots = list(range(len(row.slots)))
            row.tree = dict(zip(row.tree, range(len(row.slots), len(own)), strict=True))
        self._slots.keep(index)
        self._used = index.shape[1]


def check_trees(weights: Weights) -> None:
    """Refuse a model that does not read trees as it reads texts.

    Raises:
        InputError: it does not.
    """
    if "trees" not in weights.kept:
        weights.kept["trees"] = _reads_trees(weights)
    if not weights.kept["trees"]:
        raise InputError(
            f"{type(weights.model).__name__} cannot weigh continuations in a tree (it keeps other"
            " things than keys and values); take another model"
        )


def _reads_trees(weights: Weights) -> bool:
    import torch

    text = [1, 2, 3, 4, 5, 6]
    try:
        reader = TreeReader(weights, 2)
        reader.read({0: (text[:2], [(3, 4), (1,)]), 1: ([2, 1], [()])})
        tree = reader.read({0: (text[:3], [(), (4, 5, 6)])})[0]
        with torch.inference_mode(), double():
            given = torch.tensor([text]).to(weights.device)
            plain = weights.double(given).logits[0, [2, 5]].log_softmax(-1).cpu().numpy()
    except (TypeError, ValueError, RuntimeError, AttributeError, IndexError):
        return False
    return bool(np.allclose(tree, plain, atol=1e-8))
