"""Observers decide whether a reconstruction is accepted; exact equality by default.

Example: Family("short", {"length": lambda given, text: len(text) < 10}) accepts any text that is
short where the target is short, and long where it is long.

An observer is part of a protocol: another one makes another codelength. Its `protocol` says what it
depends on, and stands in the run.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence

from codelength.coding.messages import Json
from codelength.corpora.instances import Condition, Instance

Property = Callable[[Condition, bytes], object]
"""What is observed of an artifact, given the public condition."""


class Observer(ABC):
    """Accepts reconstructions, or does not. Implement `accepts`."""

    name: str

    @abstractmethod
    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        """Whether the reconstruction will do for this instance's target."""

    def protocol(self) -> Json:
        """Everything that its verdicts depend on: name, parameters, versions of libraries."""
        return self.name


class Exact(Observer):
    """Every symbol must come back."""

    name = "exact"

    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        """See `Observer.accepts`."""
        return reconstruction == instance.target


class Family(Observer):
    """y ~ x if o(y) = o(x) for every property o: observational equivalence.

    A verifier V(c, y) that looks at the condition alone is the family of that one property, since
    the target itself passes it.

    Arguments:
        name: of the family.
        properties: by name; each maps condition and artifact to what is observed.
        versions: what else the properties depend on.
    """

    def __init__(
        self,
        name: str,
        properties: Mapping[str, Property],
        versions: Mapping[str, Json] | None = None,
    ) -> None:
        self.name, self.properties, self.versions = name, dict(properties), dict(versions or {})

    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        """See `Observer.accepts`."""
        given = instance.given
        return all(
            see(given, reconstruction) == see(given, instance.target)
            for see in self.properties.values()
        )

    def protocol(self) -> Json:
        """See `Observer.protocol`."""
        return {"observer": self.name, "properties": [*self.properties], **self.versions}


def ladder(name: str, rungs: Sequence[Observer]) -> list[Observer]:
    """Cumulative observers, from the weakest: each asks for one rung more than the one before.

    What a rung accepts the ones below it accept too, so codelengths by exhaustive search cannot
    fall from rung to rung.
    """
    return [Every(f"{name}-{n}", rungs[:n]) for n in range(1, len(rungs) + 1)]


class Every(Observer):
    """Accepts what all of some observers accept."""

    def __init__(self, name: str, observers: Sequence[Observer]) -> None:
        self.name, self.observers = name, tuple(observers)

    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        """See `Observer.accepts`."""
        return all(one.accepts(instance, reconstruction) for one in self.observers)

    def protocol(self) -> Json:
        """See `Observer.protocol`."""
        return {"observer": self.name, "every": [one.protocol() for one in self.observers]}
