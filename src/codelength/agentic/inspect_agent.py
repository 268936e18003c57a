"""An agent of Inspect's as a replayable system, and a scorer of Inspect's as an observer.

Example: Fallback(Seeded(InspectAgent("v1", basic_agent(), "openai/gpt-5"), InspectVerifier(
"includes", includes()), seeds=8), Raw()) -> 1 + 3 bits where one of eight tries is right.

The seed goes to the model with each call. A provider that does not keep to it is found out: its
answers do not come back, and the backstop's message is sent, with a note in the row.
"""

import asyncio
import tempfile
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from codelength.codecs.observers import Observer
from codelength.codecs.seeded import Replayable
from codelength.coding.messages import Json
from codelength.coding.tally import count
from codelength.corpora.instances import Condition, Instance
from codelength.errors import InputError, MissingExtra

NEEDED = "agents of Inspect's need: pip install 'codelength[inspect]'"


class InspectAgent(Replayable):
    """Solves the public text as an input; what it answers in the end is the outcome.

    Arguments:
        name: of the agent and its version: whatever else the outcome depends on.
        solver: of Inspect's, or an agent.
        model: as Inspect names it.
        settings: of generation, such as `temperature`; part of the protocol.
    """

    def __init__(self, name: str, solver: Any, model: str, **settings: Json) -> None:
        self.name, self.solver, self.model, self.settings = name, solver, model, settings

    def run(self, latent: bytes, seed: int, given: Condition) -> bytes:
        """See `Replayable.run`.

        Raises:
            InputError: the evaluation failed; says why.
        """
        try:
            from inspect_ai import Task, eval
            from inspect_ai.dataset import Sample
        except ImportError as error:
            raise MissingExtra(NEEDED) from error
        task = Task(dataset=[Sample(input=given.text.decode())], solver=self.solver)
        settings: dict[str, Any] = dict(self.settings)
        with tempfile.TemporaryDirectory() as folder:
            (log,) = eval(
                task, model=self.model, seed=seed, score=False, display="none", log_dir=folder,
                **settings,
            )  # fmt: skip
            if log.status != "success" or not log.samples:  # samples are read from the folder
                why = log.error.message if log.error else log.status
                raise InputError(f"the agent {self.name} failed: {why}")
            (sample,) = log.samples
        for kind in ("model", "tool"):
            count(f"{kind}_calls", sum(one.event == kind for one in sample.events))
        return sample.output.completion.encode()

    def protocol(self) -> dict[str, Json]:
        """See `Replayable.protocol`."""
        return {
            "system": "inspect",
            "name": self.name,
            "model": self.model,
            "settings": self.settings,
            "inspect-ai": _version(),
        }


def _version() -> str:
    try:
        return version("inspect-ai")
    except PackageNotFoundError as error:
        raise MissingExtra(NEEDED) from error


class InspectVerifier(Observer):
    """Accepts what a scorer of Inspect's gives the full score, against the target.

    Arguments:
        name: of the scorer and its version.
        scorer: of Inspect's.
    """

    def __init__(self, name: str, scorer: Any) -> None:
        self.name, self.scorer = name, scorer

    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        """See `Observer.accepts`."""
        try:
            from inspect_ai.model import ModelName, ModelOutput
            from inspect_ai.scorer import Target, value_to_float
            from inspect_ai.solver import TaskState
        except ImportError as error:
            raise MissingExtra(NEEDED) from error
        given = instance.given.text.decode(errors="replace")
        target = Target(instance.target.decode(errors="replace"))
        answer = ModelOutput.from_content("none", reconstruction.decode(errors="replace"))
        state = TaskState(
            ModelName("none/none"), "", 1, given, [], target=target, output=answer, completed=True
        )
        score = asyncio.run(self.scorer(state, target))
        return bool(score is not None and value_to_float()(score.value) >= 1.0)

    def protocol(self) -> Json:
        """See `Observer.protocol`."""
        return {"observer": self.name, "inspect-ai": _version()}
