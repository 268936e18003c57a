"""Asking a model for programs, and judging what it answers; with feedback, more than once.

Example: Asker(ScriptedModel("right")).ask([b"abc"])[0].right -> True
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from codelength.sandbox import Limits, Status, Verdict, sandbox
from codelength.synthesis.prompted.answers import program_in
from codelength.synthesis.prompted.generation import FAILED, STOP, Generation, Model, Settings
from codelength.synthesis.prompted.prompts import Prompt, Shot, prompt, repair


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
        settings: of generation.
        limits: of a program.
        sandbox: by name.
        workers: programs that run at once.
    """

    style: str = "zero-shot"
    shots: tuple[Shot, ...] = ()
    repairs: int = 0
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


@dataclass(frozen=True)
class Asker:
    """A model with a manner of asking it."""

    model: Model
    manner: Manner = field(default_factory=Manner)

    def ask(self, targets: Sequence[bytes]) -> list[Answer]:
        """The answer for each target, in order."""
        manner = self.manner
        prompts = [prompt(target, manner.style, manner.shots) for target in targets]
        answers = self._round(targets, prompts, 1)
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
                [targets[k] for k in wrong], [prompts[k] for k in wrong], repeat + 2
            )
            for k, answer in zip(wrong, again, strict=True):
                answers[k] = answer
        return answers

    def _round(
        self, targets: Sequence[bytes], prompts: Sequence[Prompt], rounds: int
    ) -> list[Answer]:
        """Generate once for each, and run the programs, several at once."""
        generations = self.model.generate(prompts, self.manner.settings)
        with ThreadPoolExecutor(self.manner.workers) as pool:
            judge = partial(judged, manner=self.manner, rounds=rounds)
            return list(pool.map(judge, generations, targets))
