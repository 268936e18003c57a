"""Experiments: a corpus, and systems that differ by the components that they have.

Example, a whole experiment:

    class Backwards(Experiment):
        name, unit = "backwards", "byte"
        arms = (Arm("A0", "backwards"), Arm("A1", "with the tool", frozenset({"reverse"})))
        def corpus(self, settings): return FileCorpus(Path("README.md"))
        def system(self, arm, model, budget):
            inner = build_codec("gzip")
            return Transformed(inner, Reverse()) if "reverse" in arm.components else inner

Ours are below; others are found by the entry-point group `codelength.experiments`, or as
`path/to/file.py:Name` and `module:Name`.
"""

import importlib.util
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from codelength.codecs.observers import Observer
from codelength.codecs.protocol import Codec
from codelength.corpora.instances import Corpus
from codelength.errors import InputError

BUILT_IN = {
    "reversed-text": "codelength.agentic.reversed_text:ReversedBlocks",
    "reversed-text-whole": "codelength.agentic.reversed_text:ReversedWhole",
    "chess": "codelength.agentic.chess_moves:Chess",
}
GROUP = "codelength.experiments"


@dataclass(frozen=True)
class Arm:
    """A system of an experiment.

    Arguments:
        name: the condition, as the command line has it, for example "A1".
        about: what it is, in a few words.
        components: what it has that the base has not.
    """

    name: str
    about: str
    components: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Settings:
    """Which instances are measured.

    Arguments:
        data: the data folder.
        seed: of whatever is drawn.
        limit: the first so many instances.
    """

    data: Path | None = None
    seed: int = 0
    limit: int | None = None


class Experiment(ABC):
    """Implement `corpus` and `system`.

    Attributes:
        name: as the command line has it.
        arms: its systems; the first is the base.
        budgets: what may be swept, by name, with its default.
        models: base models that it takes, for `agentic list`.
        observer: accepts reconstructions in all arms; None: every symbol comes back.
    """

    name: str
    arms: tuple[Arm, ...]
    budgets: Mapping[str, int] = {}
    models: str = "none"
    observer: Observer | None = None

    @abstractmethod
    def corpus(self, settings: Settings) -> Corpus:
        """The instances."""

    @abstractmethod
    def system(self, arm: Arm, model: str, budget: Mapping[str, int]) -> Codec:
        """An arm's codec.

        Arguments:
            model: the base model, as the command line has it; "none" for none.
            budget: all of `budgets`.
        """

    def arm(self, name: str) -> Arm:
        """The arm of this name.

        Raises:
            InputError: there is none.
        """
        for arm in self.arms:
            if arm.name == name:
                return arm
        names = ", ".join(arm.name for arm in self.arms)
        raise InputError(f"{self.name} has no condition {name!r}; there are {names}")

    def budget(self, given: Mapping[str, int]) -> dict[str, int]:
        """The defaults, and what is given instead.

        Raises:
            InputError: there is no such budget, or it is below 1.
        """
        for name, value in given.items():
            if name not in self.budgets:
                known = ", ".join(self.budgets) or "none"
                raise InputError(f"{self.name} has no budget {name!r}; there are: {known}")
            if value < 1:
                raise InputError(f"the budget {name} is a number above 0, not {value}")
        return dict(self.budgets) | dict(given)


def experiments() -> dict[str, str]:
    """Names and places ("module:class") of all experiments, ours and the entry points'."""
    others = {point.name: point.value for point in entry_points(group=GROUP)}
    return others | BUILT_IN


def place_of(name: str) -> str:
    """A name as another process finds it: files by their whole path."""
    module, colon, attribute = name.rpartition(":")
    if colon and module.endswith(".py"):
        return f"{Path(module).resolve()}:{attribute}"
    return name


def experiment(name: str) -> Experiment:
    """The experiment of a name, of a `module:Class`, or of a `file.py:Class`.

    Raises:
        InputError: there is none, or it cannot be loaded.
    """
    place = experiments().get(name, name)
    module, colon, attribute = place.rpartition(":")
    if not colon or not module:
        known = ", ".join(sorted(experiments()))
        raise InputError(f"unknown experiment {name!r}; there are {known}, and file.py:Class")
    try:
        made = getattr(_module(module), attribute)()
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
        raise InputError(f"the experiment {name} cannot be loaded: {why}") from error
    if not isinstance(made, Experiment):
        raise InputError(f"{name} is no Experiment")
    if not getattr(made, "arms", ()) or not getattr(made, "name", ""):
        raise InputError(f"the experiment {name} has no name or no arms")
    return made


def source_of(name: str) -> str | None:
    """The SHA-256 of a user's experiment, since what it does is in its file; None for ours."""
    if name in BUILT_IN:
        return None
    module = sys.modules[type(experiment(name)).__module__]
    path = Path(module.__file__ or "")
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _module(name: str) -> object:
    if not name.endswith(".py"):
        with _on_path(Path.cwd()):
            return import_module(name)
    path = Path(name).resolve()
    title = f"codelength_experiment_{path.stem}_{sha256(str(path).encode()).hexdigest()[:8]}"
    if title in sys.modules:
        return sys.modules[title]
    spec = importlib.util.spec_from_file_location(title, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[title] = module  # so that its classes can be sent to workers
    try:
        with _on_path(path.parent):
            spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[title]
        raise
    return module


@contextmanager
def _on_path(folder: Path) -> Iterator[None]:
    """Imports may find what lies in a folder."""
    sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path.remove(str(folder))
