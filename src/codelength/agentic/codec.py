"""`agentic:experiment=NAME,condition=ARM,model=NAME`: an experiment's system as a codec by name.

So that another process can build it again, and read what it wrote.
"""

from collections.abc import Mapping

from codelength.agentic.experiments import experiment
from codelength.codecs.protocol import Codec
from codelength.codecs.registry import Spec
from codelength.errors import InputError

OWN = ("experiment", "condition", "model")


def spec_of(name: str, arm: str, model: str, budget: Mapping[str, int]) -> str:
    """The codec's name, with all that it is built from."""
    parts = [f"experiment={name}", f"condition={arm}", f"model={model}"]
    for one in (name, arm, model):
        if "," in one or not one:
            raise InputError(f"{one!r} cannot stand in a codec's name: it is empty or has a comma")
    return "agentic:" + ",".join(parts + [f"{key}={value}" for key, value in budget.items()])


def build(spec: Spec) -> Codec:
    """See the module; other options are the experiment's budgets."""
    options = dict(spec.options)
    if "experiment" not in options or "condition" not in options:
        raise InputError(f"--codec {spec.text}: experiment=NAME and condition=ARM are needed")
    one = experiment(options["experiment"])
    spec.only(*OWN, *one.budgets)
    given = {key: spec.integer(key, range(1, 1 << 40), 1) for key in options if key not in OWN}
    arm = one.arm(options["condition"])
    codec = one.system(arm, options.get("model", "none"), one.budget(given))
    codec.observer = codec.observer or one.observer
    return codec
