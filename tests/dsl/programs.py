"""Random programs of KT's language, within the domain or around it."""

from hypothesis import strategies as st

from codelength.dsl.operations import HIGHEST, LOWEST, OPERATIONS, PREDICATES, Kind


@st.composite
def program_texts(draw, wild=False, most=6):
    """Programs of up to `most` lines; wild ones leave the domain where Python's rules are plain."""
    lines = draw(st.integers(1, most))
    text = []
    for line in range(lines):
        operation = OPERATIONS[draw(st.integers(0, 3 if line == 0 else 20))]
        arguments = []
        for kind in operation.arguments:
            if kind is Kind.SEQUENCE:
                arguments.append(f"sequence_{draw(st.integers(1, line))}")
            elif kind is Kind.PREDICATE:
                arguments.append(draw(st.sampled_from(PREDICATES)))
            elif kind is Kind.VALUES:
                low, high = (-300, 300) if wild else (0, 255)
                arguments.append(str(draw(st.lists(st.integers(low, high), max_size=40))))
            elif kind is Kind.INDEX:
                arguments.append(str(draw(st.integers(-9 if wild else 0, 12))))
            elif wild and operation.name in ("range_func_up", "range_func_interval"):
                small = kind is Kind.SMALL
                arguments.append(str(draw(st.integers(1 if small else -40, 9 if small else 300))))
            else:
                low, high = int(LOWEST[kind]), int(HIGHEST[kind])
                arguments.append(str(draw(st.integers(low, high))))
        text.append(f"sequence_{line + 1} = {operation.name}({', '.join(arguments)})")
    text.append(f"output = sequence_{draw(st.integers(1, lines))}")
    return "\n".join(text)
