"""Where inputs come from: five sources, each with its kinds.

Example: chosen("dna,string:pangram") -> the source "dna", and "string" with pangrams alone.
"""

from codelength.errors import InputError
from codelength.roundtrip.sources import dna, logs, strings, tables, yaml_documents
from codelength.roundtrip.sources.kinds import Kind, Source, inputs, spread

SOURCES: dict[str, Source] = {
    source.name: source
    for source in (
        strings.SOURCE,
        logs.SOURCE,
        yaml_documents.SOURCE,
        tables.SOURCE,
        dna.SOURCE,
    )
}
"""By name."""
ALL = tuple(SOURCES)


def chosen(text: str) -> list[Source]:
    """The sources that a comma list of "name" and "name:kind" means; "mixed" means all.

    What is named twice counts once.

    Raises:
        InputError: there is no such source or kind.
    """
    found: dict[str, Source] = {}
    for part in text.split(","):
        for name in ALL if part.strip() == "mixed" else (part.strip(),):
            source = _one(name)
            found.setdefault(source.label, source)
    return list(found.values())


def _one(text: str) -> Source:
    name, narrowed, wanted = text.partition(":")
    if name not in SOURCES:
        raise InputError(f"no source is called {name!r}; there are mixed, {', '.join(ALL)}")
    source = SOURCES[name]
    if not narrowed:
        return source
    kinds = tuple(kind for kind in source.kinds if kind.name == wanted)
    if not kinds:
        names = ", ".join(kind.name for kind in source.kinds)
        raise InputError(f"{name} has no kind {wanted!r}; it has {names}")
    return Source(name, kinds)


__all__ = ["ALL", "SOURCES", "Kind", "Source", "chosen", "inputs", "spread"]
