"""Asking a model for programs, and judging what it answers; with feedback, more than once.

Example: Asker(ScriptedModel("right")).ask([b"abc"])[0].right -> True
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial

from codelength.errors import ModelError
from codelength.sandbox import Limits, Status, Verdict, sandbox
from codelength.synthesis.prompted.answers import program_in
from codelength.synthesis.prompted.generation import FAILED, STOP, Generation, Model, Settings
from codelength.synthesis.prompted.prompts import Prompt, Shot, prompt, repair

OUTAGE = 8
"""Where so many calls or more fail together, and none does not, there is no model."""


@dataclass(frozen=True)
class Answer:
    """What came of one target.

    Arguments:
        generation: the last one.
        program: in it; None where there is none.
        verdict: on the program; None without one.
        rounds: generations that it took.
    """

    generation: Generation
    program: str | None
    verdict: Verdict | None
    rounds: int = 1

    @property
    def right(self) -> bool:
        """Whether the program outputs the target."""
        return self.verdict is not None and self.verdict.right

    @property
    def note(self) -> str:
        """How it ended, in a few words, for a row of a run."""
        ended = "" if self.generation.end == STOP else self.generation.end
        said = "no program" if self.verdict is None else self.verdict.first.status.value
        if self.verdict is not None and not self.verdict.stable:
            said = "unstable"
        error = self.generation.error.splitlines()[0][:200] if self.generation.error else ""
        return "; ".join(part for part in (said, ended, error) if part)


@dataclass(frozen=True)
class Manner:
    """How a model is asked.

    Arguments:
        style: of the prompt, see `prompts.STYLES`.
        shots: worked examples.
        repairs: further tries with feedback, for targets without a right program.
        draws: answers to a target, of which the best counts.
        settings: of generation.
        limits: of a program.
        sandbox: by name.
        workers: programs that run at once.
    """

    style: str = "zero-shot"
    shots: tuple[Shot, ...] = ()
    repairs: int = 0
    draws: int = 1
    settings: Settings = field(default_factory=Settings)
    limits: Limits = field(default_factory=Limits)
    sandbox: str = "best"
    workers: int = 2


def fault(answer: Answer, target: bytes) -> str:
    """What is wrong with a program, as feedback for the model."""
    if answer.verdict is None:
        return "There is no program in the response."
    outcome, prefix = answer.verdict.first, answer.verdict.prefix
    if outcome.status is not Status.OK:
        return f"It ends with: {outcome.status.value}: {outcome.detail}"
    if not answer.verdict.stable:
        return "Run a second time, it does something else."
    if prefix == len(target):
        return f"Its output is longer than the sequence of {len(target)} values."
    if prefix == len(outcome.output):
        return f"Its output ends after {prefix} of {len(target)} values."
    return (
        f"Its first {prefix} values are right; the next one is {outcome.output[prefix]} and should"
        f" be {target[prefix]}."
    )


def judged(generation: Generation, target: bytes, manner: Manner, rounds: int = 1) -> Answer:
    """Take the program out of an answer and run it."""
    program = program_in(generation.text)
    if program is None:
        return Answer(generation, None, None, rounds)
    verdict = sandbox(manner.sandbox).check(program, target, manner.limits)
    return Answer(generation, program, verdict, rounds)


def best(answers: Sequence[Answer], price: Callable[[str], float]) -> Answer:
    """Of several answers to a target: the right one with the cheapest program, else the first."""
    right = [one for one in answers if one.right]
    return min(right, key=lambda one: price(one.program or "")) if right else answers[0]


@dataclass(frozen=True)
class Asker:
    """A model with a manner of asking it."""

    model: Model
    manner: Manner = field(default_factory=Manner)

    def ask(self, targets: Sequence[bytes], price: Callable[[str], float] = len) -> list[Answer]:
        """The answer for each target, in order: of several draws the best, by its program's price.

        Raises:
            ModelError: every call failed.
        """
        settings, draws = self.manner.settings, self.manner.draws
        drawn = [
            self._draw(targets, settings if draws == 1 else settings.redrawn(k))
            for k in range(draws)
        ]
        return [best(answers, price) for answers in zip(*drawn, strict=True)]

    def _draw(self, targets: Sequence[bytes], settings: Settings) -> list[Answer]:
        manner = replace(self.manner, settings=settings)
        prompts = [prompt(target, manner.style, manner.shots) for target in targets]
        answers = self._round(targets, prompts, 1, manner)
        ends = [answer.generation.end for answer in answers]
        if len(ends) >= OUTAGE and set(ends) == {FAILED}:
            said = (answers[0].generation.error or "no reason given").splitlines()[0][:200]
            raise ModelError(
                f"all {len(ends)} calls to {self.model.name} failed ({said}); mend that, and run"
                " the same command again to go on"
            )
        for repeat in range(manner.repairs):
            wrong = [
                k
                for k, answer in enumerate(answers)
                if not answer.right and answer.generation.end != FAILED
            ]
            if not wrong:
                break
            for k in wrong:
                prompts[k] = repair(
                    prompts[k], answers[k].generation.text, fault(answers[k], targets[k])
                )
            again = self._round(
                [targets[k] for k in wrong], [prompts[k] for k in wrong], repeat + 2, manner
            )
            for k, answer in zip(wrong, again, strict=True):
                answers[k] = answer
        return answers

    def _round(
        self, targets: Sequence[bytes], prompts: Sequence[Prompt], rounds: int, manner: Manner
    ) -> list[Answer]:
        """Generate once for each, and run the programs, several at once."""
        generations = self.model.generate(prompts, manner.settings)
        with ThreadPoolExecutor(manner.workers) as pool:
            judge = partial(judged, manner=manner, rounds=rounds)
            return list(pool.map(judge, generations, targets))
