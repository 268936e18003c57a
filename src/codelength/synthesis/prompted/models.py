"""Models by name: `scripted/...`, `transformers/...`, every other through Inspect's providers."""

from codelength.errors import InputError
from codelength.synthesis.prompted.generation import Model
from codelength.synthesis.prompted.local_model import LocalModel
from codelength.synthesis.prompted.scripted import ScriptedModel


def model(name: str) -> Model:
    """The model of a name such as `openai/gpt-4o` or `scripted/mixed`.

    Raises:
        InputError: no name, or none that a provider knows.
        MissingExtra: it needs inspect_ai.
    """
    if not name:
        raise InputError("a model is needed, such as model=openai/gpt-4o or model=scripted/mixed")
    provider, _, rest = name.partition("/")
    if provider == "scripted":
        return ScriptedModel(rest or "mixed")
    if provider == "transformers":
        if not rest:
            raise InputError(
                "transformers/ needs a hub's id, a folder, a GGUF file or smollm2-135m"
            )
        return LocalModel(name)
    from codelength.synthesis.prompted.inspect_model import InspectModel

    return InspectModel(name)
