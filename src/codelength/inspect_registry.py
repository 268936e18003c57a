"""What Inspect finds here by entry point: our tasks, and the models `scripted/...`."""

from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    StopReason,
    modelapi,
)
from inspect_ai.tool import ToolChoice, ToolInfo

from codelength.kt.inspect_task import fewest_bits, kt, program
from codelength.roundtrip.inspect_task import roundtrip, strict
from codelength.roundtrip.prompts import SYSTEM
from codelength.roundtrip.scripted import Scripted as ScriptedRoundTrips
from codelength.synthesis.prompted.generation import FAILED, LENGTH, REFUSAL, Model, Settings
from codelength.synthesis.prompted.prompts import Turn
from codelength.synthesis.prompted.scripted import ScriptedModel

__all__ = ["Scripted", "fewest_bits", "kt", "program", "roundtrip", "strict"]

STOP_REASONS: dict[str, StopReason] = {LENGTH: "max_tokens", REFUSAL: "content_filter"}


@modelapi(name="scripted")
class Scripted(ModelAPI):
    """The scripted models as a provider, so that a whole evaluation runs without any model."""

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008  the signature is Inspect's
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        self._behaviour = model_name.rpartition("/")[2]

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """See `ModelAPI.generate`."""
        turns = tuple(Turn(message.role, message.text) for message in input)
        model: Model
        if turns[0].text == SYSTEM:
            model = ScriptedRoundTrips(self._behaviour)
        else:
            model = ScriptedModel(self._behaviour)
        (said,) = model.generate([turns], Settings())
        if said.end == FAILED:
            raise RuntimeError(said.error.removeprefix("RuntimeError: "))
        output = ModelOutput.from_content(
            self.model_name, said.text, stop_reason=STOP_REASONS.get(said.end, "stop")
        )
        output.usage = ModelUsage()  # else Inspect counts tokens with data that it downloads
        return output
