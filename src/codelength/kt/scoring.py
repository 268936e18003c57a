"""Judging programs that somebody proposed: Python in the sandbox, KT's language in its interpreter.

Example: Judge().judge(Candidate("0", bytes([1, 2]), "output = [1, 2]", "")).correct -> True
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Literal

from codelength.codecs.registry import build_codec
from codelength.dsl.priors import prior
from codelength.dsl.program import Program
from codelength.errors import InputError, ProgramError
from codelength.sandbox import Limits, sandbox
from codelength.sandbox.outcome import right_prefix

Language = Literal["auto", "python", "kt"]
LANGUAGES: tuple[Language, ...] = ("auto", "python", "kt")
PYTHON_PRIORS = ("gzip", "xz", "python")
"""Codecs of program texts, each a message of its own for every program."""
KT_PRIORS = ("paper", "exact", "fitted")


@dataclass(frozen=True)
class Candidate:
    """A program for a target.

    Arguments:
        id: of the row.
        target: one symbol a byte.
        program: its text; None where there is none.
        note: how it came about, in a few words.
        modality: which KT data the target is of, where that is known.
        alphabet: the target's values are 0..alphabet-1.
        seconds: that it may run; None: as the judge says.
    """

    id: str
    target: bytes
    program: str | None
    note: str = ""
    modality: str = ""
    alphabet: int = 256
    seconds: float | None = None

    @property
    def raw_bits(self) -> int:
        """Bits of the target sent plainly."""
        return len(self.target) * (self.alphabet - 1).bit_length()


@dataclass(frozen=True)
class Scored:
    """A candidate that was judged.

    Arguments:
        language: "python" or "kt"; of a row without a program, the language asked for.
        status: how the program ended (`sandbox.Status`), or "none" without a program.
        correct: it outputs the target, twice.
        executable: it ran to its end without an error.
        prefix: symbols of the target that its output starts with.
        seconds: of its first run.
        detail: what went wrong, in its own words.
        prices: (prior, bits) of the program's text; empty where it has no price.
        official: False where nothing confined the program.
    """

    candidate: Candidate
    language: str
    status: str
    correct: bool
    executable: bool
    prefix: int
    seconds: float
    detail: str = ""
    prices: tuple[tuple[str, float], ...] = field(default=())
    official: bool = True

    def bits(self, name: str) -> float | None:
        """The program's bits under a prior, or None."""
        return dict(self.prices).get(name)


def read_program(text: str) -> Program | None:
    """The text as a program of KT's language, or None."""
    try:
        return Program.parse(text)
    except ProgramError:
        return None


@dataclass(frozen=True)
class Judge:
    """How programs are judged.

    Arguments:
        language: "auto" takes what parses as KT's language for that, and all else for Python.
        limits: of Python.
        cage: the sandbox by name.

    Raises:
        InputError: no such language.
    """

    language: Language = "auto"
    limits: Limits = field(default_factory=Limits)
    cage: str = "best"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise InputError(f"no language is named {self.language!r}")

    def judge(self, candidate: Candidate) -> Scored:
        """Run and price one program."""
        text = candidate.program
        if text is None:
            language = "python" if self.language == "auto" else self.language
            return Scored(candidate, language, "none", False, False, 0, 0.0)
        parsed = read_program(text) if self.language != "python" else None
        if parsed is not None or self.language == "kt":
            return self._kt(candidate, parsed, text)
        return self._python(candidate, text)

    def judge_all(self, candidates: Iterable[Candidate], workers: int = 2) -> Iterator[Scored]:
        """Judge many, so many at once, in their order."""
        with ThreadPoolExecutor(workers) as pool:
            rest = iter(candidates)
            ahead = 4 * workers
            waiting = [pool.submit(self.judge, one) for one in islice(rest, ahead)]
            while waiting:
                yield waiting.pop(0).result()
                waiting += [pool.submit(self.judge, one) for one in islice(rest, 1)]

    def _python(self, candidate: Candidate, text: str) -> Scored:
        cage = sandbox(self.cage)
        limits = self.limits
        if candidate.seconds is not None:
            limits = replace(limits, seconds=candidate.seconds)
        verdict = cage.check(text, candidate.target, limits)
        data = text.encode("utf-8", "replace")
        prices = [(name, float(len(build_codec(name).encode(data)))) for name in PYTHON_PRIORS[:2]]
        if b"\0" not in data:
            prices.append(("python", float(len(build_codec("python").encode(data)))))
        status = verdict.first.status if verdict.stable else "unstable"
        return Scored(
            candidate,
            "python",
            str(status),
            verdict.right,
            verdict.first.executable,
            verdict.prefix,
            verdict.first.seconds,
            verdict.first.detail,
            tuple(prices),
            cage.official,
        )

    def _kt(self, candidate: Candidate, program: Program | None, text: str) -> Scored:
        try:
            program = Program.parse(text) if program is None else program
            output = program.run().output.tolist()
        except ProgramError as error:
            return Scored(candidate, "kt", "exception", False, False, 0, 0.0, str(error))
        prices = []
        for name in KT_PRIORS:
            try:
                prices.append((name, prior(name).bits(program)))
            except ProgramError:  # outside the prior's domain
                continue
        target = list(candidate.target)
        prefix = right_prefix(output, target)
        if not prices:  # a program without a price is none: it could code anything in its constants
            detail = "outside the domain of KT's language: it has no price"
            return Scored(candidate, "kt", "domain", False, True, prefix, 0.0, detail)
        return Scored(candidate, "kt", "ok", output == target, True, prefix, 0.0, "", tuple(prices))
