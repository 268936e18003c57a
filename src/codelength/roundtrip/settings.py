"""The four questions: which side is shown, which is asked, and which function stands beside it.

Example: SETTINGS["output_execution_prediction"].asked -> "output".
"""

from dataclasses import dataclass

from codelength.errors import InputError


@dataclass(frozen=True)
class Setting:
    """A question.

    Arguments:
        number: as the paper counts them, 0..3.
        name: as in its files.
        asked: "output" or "input"; the other side is shown.
        function: "encoder" or "decoder"; with inversion, the one that goes the other way.
    """

    number: int
    name: str
    asked: str
    function: str

    @property
    def given(self) -> str:
        """The side that is shown."""
        return "input" if self.asked == "output" else "output"

    @property
    def inverted(self) -> bool:
        """Whether the function that is shown goes the other way."""
        return (self.asked == "output") == (self.function == "decoder")


SETTINGS = {
    setting.name: setting
    for setting in (
        Setting(0, "output_execution_prediction", "output", "encoder"),
        Setting(1, "input_execution_prediction", "input", "decoder"),
        Setting(2, "output_execution_prediction_with_inversion", "output", "decoder"),
        Setting(3, "input_execution_prediction_with_inversion", "input", "encoder"),
    )
}
"""By name, in the paper's order."""
PAIRS = (
    ("output_execution_prediction", "input_execution_prediction"),
    (
        "output_execution_prediction_with_inversion",
        "input_execution_prediction_with_inversion",
    ),
)
"""Forward and backward."""


def setting(name: str) -> Setting:
    """A setting by its name or number.

    Raises:
        InputError: there is none.
    """
    for one in SETTINGS.values():
        if name in (one.name, str(one.number)):
            return one
    known = ", ".join(f"{one.number} ({one.name})" for one in SETTINGS.values())
    raise InputError(f"there is no setting {name!r}; there are {known}")


def settings(text: str) -> tuple[Setting, ...]:
    """`all`, or a comma list of names or numbers."""
    if text == "all":
        return tuple(SETTINGS.values())
    return tuple(dict.fromkeys(setting(piece.strip()) for piece in text.split(",")))
