"""Models by name, as for programs, but that `scripted/...` answers round-trip questions."""

from codelength.roundtrip.scripted import Scripted
from codelength.synthesis.prompted.generation import Model
from codelength.synthesis.prompted.inspect_model import InspectModel
from codelength.synthesis.prompted.models import model as model_of_programs


def model(name: str) -> Model:
    """The model of a name such as `openai/gpt-4o`, `vllm/BASE:ADAPTER` or `scripted/mixed`.

    Raises:
        InputError: no name, or none that a provider knows.
        MissingExtra: it needs inspect_ai.
    """
    provider, _, rest = name.partition("/")
    if provider == "scripted":
        return Scripted(rest or "mixed")
    found = model_of_programs(name)
    if isinstance(found, InspectModel):
        found.keeps = False  # runs keep their answers; weights may change under a name
    return found
