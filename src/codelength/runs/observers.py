"""Observers decide whether a reconstruction is accepted; exact equality by default."""

from abc import ABC, abstractmethod

from codelength.corpora.instances import Instance


class Observer(ABC):
    """Part of a protocol: another observer makes another codelength."""

    name: str

    @abstractmethod
    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        """Whether the reconstruction will do for this instance's target."""


class Exact(Observer):
    """Every symbol must come back."""

    name = "exact"

    def accepts(self, instance: Instance, reconstruction: bytes) -> bool:
        """See `Observer.accepts`."""
        return reconstruction == instance.target
