"""A model card in Markdown, from what a checkpoint's training left and what was measured just now.

Example: card("runs/tiny", found.about, rows) -> "# runs/tiny ...".
"""

from collections.abc import Iterator, Sequence
from typing import Any

from codelength.report.seqcoder import table
from codelength.synthesis.seqcoder.evaluation import Judged

PLAIN = {
    "parameters": "parameters",
    "tokens": "tokens seen",
    "steps": "steps",
    "seconds": "seconds of training",
    "device": "device",
    "memory": "memory of the device in use, bytes",
    "torch": "PyTorch",
    "sha256": "SHA-256 of the weights",
}
"""What a checkpoint says of itself, and how a card calls it."""
SETTINGS = {
    "budget": "tokens a batch",
    "rate": "learning rate",
    "heard": "weight of the targets' tokens",
    "loss": "loss at the end in nats a token",
}


def put(value: object) -> str:
    """A value of a card."""
    if isinstance(value, float) and not value.is_integer():
        return f"{value:.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def setting(name: str, value: object) -> str:
    """One of how it was trained."""
    return f"{SETTINGS.get(name, name)} {put(value)}"


def trained(about: dict[str, Any]) -> Iterator[str]:
    """How it was trained, a line a fact."""
    for key in ("plan", "bout"):
        for name, value in about.get(key, {}).items():
            if name == "mix":
                told = ", ".join(f"{one} {put(v)}" for one, v in value.items() if v != "")
                yield f"- pairs: {told}"
            elif value != "":
                yield f"- {SETTINGS.get(name, name)}: {put(value)}"
    for number, stage in enumerate(about.get("stages", []), 1):
        yield f"- stage {number}: " + ", ".join(setting(*one) for one in stage.items())


def card(name: str, about: dict[str, Any], rows: Sequence[Judged], which: str = "") -> str:
    """The card.

    Arguments:
        rows: greedy programs for the first held-out items, judged; none leaves the figures out.
        which: how the items were chosen, for the heading.
    """
    facts = [f"| {told} | {put(about[key])} |" for key, told in PLAIN.items() if key in about]
    parts = [
        f"# {name}",
        "A model that writes programs of KT's language, trained on sampled pairs whose sequences"
        " are none of the held-out items' (`kt run --modality synthetic`, seed 0).",
        "\n".join(["| | |", "| --- | --- |", *facts]),
        "## Training",
        "\n".join(trained(about)) or "Nothing is known of it.",
    ]
    if rows:
        parts += [
            f"## Held-out items ({which}the first {len(rows):,}, greedy)",
            table(rows).markdown(),
            "Rate: the paper prior's bits and a flag bit an item, wrong items at their raw bits.",
        ]
    return "\n\n".join(parts) + "\n"
