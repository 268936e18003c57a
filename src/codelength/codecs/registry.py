"""Codecs by name: `gzip`, `zstd:level=3`, `gold:prior=exact`, and how more are added.

Example: split_specs("gzip,gold:prior=exact,budget=5") -> ["gzip", "gold:prior=exact,budget=5"].

A name maps to a factory that takes a `Spec`. Other packages add theirs through the entry-point
group `codelength.codecs`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points

from codelength.codecs.protocol import Codec, Estimator
from codelength.errors import InputError

BUILT_IN = {
    "raw": "codelength.codecs.registry:build_raw",
    "gzip": "codelength.codecs.registry:build_standard",
    "gzip-paper": "codelength.codecs.registry:build_gzip_paper",
    "deflate": "codelength.codecs.registry:build_standard",
    "bz2": "codelength.codecs.registry:build_standard",
    "xz": "codelength.codecs.registry:build_standard",
    "zstd": "codelength.codecs.registry:build_standard",
    "brotli": "codelength.codecs.registry:build_standard",
    "ppmd": "codelength.codecs.registry:build_ppmd",
    "mixing": "codelength.codecs.context_mixing:build",
    "primed": "codelength.codecs.primed:build",
    "extended": "codelength.codecs.extended:build",
    "flac": "codelength.codecs.packers:build_flac",
    "twobit": "codelength.codecs.packers:build_twobit",
    "agentic": "codelength.agentic.codec:build",
    "python": "codelength.codecs.registry:build_python",
    "lmic": "codelength.codecs.lmic.codec:build",
    "lmic-estimate": "codelength.codecs.lmic.estimate:build",
    "gold": "codelength.synthesis.gold:build",
    "seqcoder": "codelength.synthesis.seqcoder.codec:build",
    "solver": "codelength.synthesis.solver.codec:build",
    "program": "codelength.synthesis.prompted.codec:build",
    "roundtrip": "codelength.roundtrip.codec:build",
}
"""Name to "module:factory"; modules are imported when they are asked for."""
GROUP = "codelength.codecs"
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*")


@dataclass(frozen=True)
class Spec:
    """A codec as it was typed: `name` or `name:key=value,key=value`.

    Arguments:
        text: as typed.
        options: key and value, in order.
    """

    text: str
    name: str
    options: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, text: str) -> "Spec":
        """Read a spec.

        Raises:
            InputError: it has no name, or an option is not key=value or stands twice.
        """
        name, _, rest = text.partition(":")
        if not NAME.fullmatch(name):
            raise InputError(f"--codec {text!r}: expected NAME or NAME:key=value,key=value")
        options: list[tuple[str, str]] = []
        for piece in rest.split(",") if rest else []:
            key, equals, value = piece.partition("=")
            if not (key and equals and value):
                raise InputError(f"--codec {text!r}: {piece!r} is not key=value")
            if key in dict(options):
                raise InputError(f"--codec {text!r}: {key} stands twice")
            options.append((key, value))
        return cls(text, name, tuple(options))

    def only(self, *known: str) -> None:
        """Refuse options that are not among `known`."""
        for key, _ in self.options:
            if key not in known:
                allowed = ", ".join(known) or "none"
                raise InputError(
                    f"--codec {self.text}: unknown option {key!r}; there are: {allowed}"
                )

    def choice(self, key: str, choices: tuple[str, ...], default: str) -> str:
        """The value of an option that is one of `choices`."""
        value = dict(self.options).get(key, default)
        if value not in choices:
            raise InputError(
                f"--codec {self.text}: {key} is one of {', '.join(choices)}, not {value}"
            )
        return value

    def integer(self, key: str, allowed: range, default: int) -> int:
        """The value of an option that is an integer in `allowed`."""
        value = dict(self.options).get(key)
        if value is None:
            return default
        if not re.fullmatch(r"-?\d{1,18}", value) or int(value) not in allowed:
            bounds = f"{allowed[0]}..{allowed[-1]}"
            raise InputError(f"--codec {self.text}: {key} is an integer in {bounds}, not {value}")
        return int(value)

    def number(self, key: str, default: float | None) -> float | None:
        """The value of an option that is a finite number above 0."""
        text = dict(self.options).get(key)
        if text is None:
            return default
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?", text) or float(text) == 0:
            raise InputError(f"--codec {self.text}: {key} is a number above 0, not {text}")
        return float(text)


Factory = Callable[[Spec], "Codec | Estimator"]


def split_specs(text: str) -> list[str]:
    """A comma list of specs; a piece `key=value` continues the spec before it."""
    specs: list[str] = []
    for piece in text.split(","):
        if specs and "=" in piece and ":" not in piece.partition("=")[0]:
            specs[-1] += ("," if ":" in specs[-1] else ":") + piece
        elif piece.strip():
            specs.append(piece.strip())
    return specs


def factories() -> dict[str, str]:
    """All names that can be built, ours and the entry points', as "module:factory"."""
    others = {point.name: point.value for point in entry_points(group=GROUP)}
    return others | BUILT_IN


def build(text: str) -> Codec | Estimator:
    """The codec (or estimator) of a spec.

    Raises:
        InputError: unknown name or option.
    """
    spec = Spec.parse(text)
    known = factories()
    if spec.name not in known:
        raise InputError(f"unknown codec {spec.name!r}; there are {', '.join(sorted(known))}")
    module, _, function = known[spec.name].partition(":")
    try:
        factory: Factory = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise InputError(f"the codec {spec.name} cannot be loaded: {error}") from error
    return factory(spec)


def build_codec(text: str) -> Codec:
    """Like `build`, for where a message is needed.

    Raises:
        InputError: also where the name is an estimator.
    """
    codec = build(text)
    if isinstance(codec, Estimator):
        raise InputError(f"{text} is an estimate: it has no message to write; choose another codec")
    return codec


def with_fallback(spec: Spec, codec: Codec) -> Codec:
    """`codec`, or with `fallback=raw` its `Fallback` on raw."""
    from codelength.codecs.combinators import Fallback, Raw

    chosen = spec.choice("fallback", ("none", "raw"), "none")
    return Fallback(codec, Raw()) if chosen == "raw" else codec


def build_raw(spec: Spec) -> Codec:
    """`raw`."""
    from codelength.codecs.combinators import Raw

    spec.only()
    return Raw()


def build_gzip_paper(spec: Spec) -> Estimator:
    """`gzip-paper`."""
    from codelength.codecs.standard import GzipPaper

    spec.only()
    return GzipPaper()


def build_standard(spec: Spec) -> Codec:
    """A self-delimiting standard compressor: options `level` and `fallback`."""
    from codelength.codecs.standard import FORMATS, Standard

    spec.only("level", "fallback")
    kind = FORMATS[spec.name]
    level = spec.integer("level", kind.levels, kind.default)
    return with_fallback(spec, Standard(spec.name, level))


def build_ppmd(spec: Spec) -> Codec:
    """`ppmd`: options `order` and `fallback`."""
    from codelength.codecs.standard import Ppmd

    spec.only("order", "fallback")
    return with_fallback(spec, Ppmd(spec.integer("order", range(2, 65), 6)))


def build_python(spec: Spec) -> Codec:
    """`python`: texts of Python programs, with a fitted model; option `fallback`."""
    from codelength.codecs.python_text import PythonText

    spec.only("fallback")
    return with_fallback(spec, PythonText())
