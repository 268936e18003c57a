"""What a solution says about itself: its bits by prior and by line, and where its lines stand.

Example: answer(solution, row, explain=True) ends in lines such as
` 26.00  sequence_1 = range_func_up(1, 5)` / `        5 values: 1, 2, 3, 4, 5; at 0..4`.
"""

from collections.abc import Mapping
from typing import Any

from codelength.cli.solve import PRIORS
from codelength.dsl.priors import prior
from codelength.dsl.program import Execution
from codelength.dsl.provenance import Provenance, provenance, stretches
from codelength.synthesis.solver import Solution

FIRST, PLACES, WIDEST = 8, 12, 84
"""Values, stretches and characters of a line that are shown at most."""


def answer(solution: Solution, row: Mapping[str, Any], explain: bool) -> str:
    """The program, its bits, and the bits of each line, as text."""
    program, chosen = solution.program, row["prior"]
    text = [str(program), ""]
    for name in PRIORS:
        mark = "  <- solved for" if name == chosen else ""
        text.append(f"{name:<6} {row[f'{name}_bits']:>12,.2f} bits{mark}")
    text.append(f"raw    {8 * row['symbols']:>12,.2f} bits, {_count(row['symbols'], 'symbol')}")
    ended = "" if row["reproducible"] else "; not reproducible: --seconds ends by the clock"
    text.append(f"{_count(row['nodes'], 'node')}, {row['seconds']:.3f} s{ended}")
    for peel in solution.peels if explain else ():
        text.append(f"interleaving undone: the first {peel.place} values with {peel.length} others")
    text += ["", f"bits ({chosen}) of each line:"]
    bits = prior(chosen).line_bits(program)
    execution, went = program.run(), provenance(program)
    for line, source in enumerate(str(program).split("\n")):
        shown = source if len(source) <= WIDEST else source[: WIDEST - 4] + " ..."
        text.append(f"{bits[line]:>9.2f}  {shown}")
        if explain and line < program.lines - 1:
            text.append(f"{'':>13}{_made(execution, went, line)}")
    return "\n".join(text)


def fields(solution: Solution, chosen: str) -> dict[str, Any]:
    """The same for JSON: `lines`, and the interleavings that were undone, outermost first.

    A line's `at` has [first, last, step] of 0-based positions in the output.
    """
    program = solution.program
    bits = prior(chosen).line_bits(program)
    execution, went = program.run(), provenance(program)
    lines: list[dict[str, Any]] = []
    for line, source in enumerate(str(program).split("\n")):
        row: dict[str, Any] = {"line": source, "bits": float(bits[line])}
        if line < program.lines - 1:
            values = execution.line(line)
            places = stretches(went.shown[line].positions)
            row |= {
                "length": len(values),
                "first": values[:FIRST].tolist(),
                "at": [[place.first, place.last, place.step] for place in places],
                "source_of": [f"sequence_{reader + 1}" for reader in went.readers[line]],
            }
        lines.append(row)
    undone = [{"first": peel.place, "with": peel.length} for peel in solution.peels]
    return {"lines": lines, "interleavings": undone}


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"


def _made(execution: Execution, went: Provenance, line: int) -> str:
    values = execution.line(line)
    if not len(values):
        return "no values"
    first = ", ".join(map(str, values[:FIRST].tolist()))
    rest = ", ..." if len(values) > FIRST else ""
    said = [f"{_count(len(values), 'value')}: {first}{rest}"]
    places = stretches(went.shown[line].positions)
    if places:
        more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
        said.append(f"at {', '.join(map(str, places[:PLACES]))}{more}")
    if went.readers[line]:
        readers = ", ".join(f"sequence_{reader + 1}" for reader in went.readers[line])
        said.append(f"source of {readers}")
    if len(said) == 1:
        said.append("not in the output")
    return "; ".join(said)
