"""A figure of the size that all have, drawn without a display."""

from typing import TYPE_CHECKING, Any

from codelength.errors import MissingExtra

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def new_axes() -> tuple[Any, "Axes"]:
    """A figure and its axes.

    Raises:
        MissingExtra: matplotlib is not installed.
    """
    try:
        import matplotlib
    except ImportError as error:
        raise MissingExtra("figures need: pip install 'codelength[plots]'") from error
    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(6, 4), layout="constrained")
