"""`agentic:experiment=NAME,condition=ARM,model=NAME`: an experiment's system as a codec by name.

So that another process can build it again, and read what it wrote.
"""

from collections.abc import Callable, Mapping
from typing import Self

from codelength.agentic.experiments import experiment, place_of, source_of
from codelength.codecs.around import Around
from codelength.codecs.protocol import Codec
from codelength.codecs.registry import Spec, build_codec
from codelength.coding.messages import Json
from codelength.errors import InputError

OWN = ("experiment", "condition", "model")


def spec_of(name: str, arm: str, model: str, budget: Mapping[str, int]) -> str:
    """The codec's name, with all that it is built from."""
    name = place_of(name)
    parts = [f"experiment={name}", f"condition={arm}", f"model={model}"]
    for one in (name, arm, model):
        if "," in one or not one:
            raise InputError(f"{one!r} cannot stand in a codec's name: it is empty or has a comma")
    return "agentic:" + ",".join(parts + [f"{key}={value}" for key, value in budget.items()])


class OfExperiment(Around):
    """An experiment's system, whose protocol has the hash of the user's file.

    Arguments:
        spec: by which another process builds it; where it was prepared here, it is sent as it is.
        source: the SHA-256 of the file, or None for an experiment of ours.
    """

    def __init__(self, inner: Codec, spec: str, source: str | None, prepared: bool) -> None:
        super().__init__(inner)
        self.spec, self.source, self.prepared = spec, source, prepared

    def _with(self, inner: Codec) -> Self:
        other = type(self)(inner, self.spec, self.source, True)
        other.observer = self.observer
        return other

    def protocol(self) -> dict[str, Json]:
        """See `Codec.protocol`."""
        own = self.inner.protocol()
        return own if self.source is None else {"experiment": self.source, "of": own}

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        """Sent by name, so that a worker loads the user's file before anything that is in it."""
        if self.prepared:
            return _rebuilt, (self.spec, self.inner)
        return build_codec, (self.spec,)


def _rebuilt(spec: str, inner: Codec) -> Codec:
    whole = build_codec(spec)
    return whole._with(inner) if isinstance(whole, OfExperiment) else inner


def build(spec: Spec) -> Codec:
    """See the module; other options are the experiment's budgets."""
    options = dict(spec.options)
    if "experiment" not in options or "condition" not in options:
        raise InputError(f"--codec {spec.text}: experiment=NAME and condition=ARM are needed")
    name = options["experiment"]
    one = experiment(name)
    spec.only(*OWN, *one.budgets)
    given = {key: spec.integer(key, range(1, 1 << 40), 1) for key in options if key not in OWN}
    arm = one.arm(options["condition"])
    inner = one.system(arm, options.get("model", "none"), one.budget(given))
    codec = OfExperiment(inner, spec.text, source_of(name), False)
    codec.observer = inner.observer or one.observer
    return codec
