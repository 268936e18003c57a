import sys
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from codelength.roundtrip.families import FAMILIES, SIDES
from codelength.roundtrip.shown import Shown, shown
from codelength.roundtrip.traces import Step, plain, replay, rows, trace
from codelength.roundtrip.values import dumps, loads, same

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.text("ab", max_size=60),
    st.text("\u0000\u00ff\u0100\U0010ffff\n", max_size=30),
)
CASES = [(name, side) for name in FAMILIES for side in SIDES]


def runs(name, side, text):
    """Each program of a code with the arguments that a text gives it, and its right value."""
    code = FAMILIES[name].codes[side]
    beside = code.beside(text)
    message = code.encode(text, beside)
    forward = [text, *(beside[table] for table in code.tables)]
    for blind in (False, True):
        yield shown(code, "encoder", blind), forward, message
        yield shown(code, "decoder", blind), [message, *beside.values()], text


def watched(program, arguments):
    """What really was there: each call's function, variables and value, by a profiler."""
    function = program.function()
    found = []

    def see(frame, event, arg):
        code = frame.f_code
        shown_code = code.co_filename == function.__code__.co_filename and code.co_name[0] != "<"
        if event == "return" and shown_code:
            names = {name: written(value) for name, value in frame.f_locals.items()}
            found.append((code.co_name, names, plain(arg)))

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        function(*arguments)
    finally:
        sys.setprofile(before)
    return found


def written(value):
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    return plain(value)


def program(source):
    return Shown(source, "f", ("x",))


@pytest.mark.parametrize("name, side", CASES)
@given(texts)
@example("")
@example("a")
@example("aaaaaaaa")
@example("\U0010ffff")
@settings(deadline=None, max_examples=25)
def test_a_trace_holds_every_value_whole(name, side, text):
    for one, arguments, value in runs(name, side, text):
        found = trace(one, arguments)
        assert same(found.value, value) and same(list(found.arguments), arguments)
        assert replay(found) == watched(one, arguments)
        assert same(replay(found)[-1][2], value)


@pytest.mark.parametrize("name, side", CASES)
@given(texts)
@settings(deadline=None, max_examples=10)
def test_a_trace_changes_nothing_that_it_is_given(name, side, text):
    for one, arguments, _ in runs(name, side, text):
        kept = dumps(arguments)
        trace(one, arguments)
        assert dumps(arguments) == kept


def test_a_trace_by_hand():
    steps = trace(shown(FAMILIES["rle"].codes["none"], "encoder", False), ["aab"]).steps
    told = [(step.line, step.kind, step.name, step.value, step.key) for step in steps]
    assert told == [
        (1, "call", "", [["text", "aab"]], None),
        (3, "set", "runs", [], None),
        (4, "set", "start", 0, None),
        (5, "set", "at", 1, None),
        (6, "test", "if", False, '1 == 3 or "a" != "a"'),
        (5, "set", "at", 2, None),
        (6, "test", "if", True, '2 == 3 or "b" != "a"'),
        (7, "extend", "runs", [["a", 2]], None),
        (8, "set", "start", 2, None),
        (5, "set", "at", 3, None),
        (6, "test", "if", True, "3 == 3"),
        (7, "extend", "runs", [["b", 1]], None),
        (8, "set", "start", 3, None),
        (9, "return", "", [["a", 2], ["b", 1]], None),
    ]
    assert {(step.function, step.depth) for step in steps} == {("rle_encode", 0)}


def test_steps_are_lines_of_the_source_that_is_shown():
    one, arguments, _ = next(runs("lzw", "none", "abab"))
    lines = one.source.split("\n")
    found = {lines[step.line - 1].strip() for step in trace(one, arguments).steps}
    assert found == {line.strip() for line in lines} - {"else:", lines[1].strip()}


SOURCES = {
    "two names of one list": """
    a = []
    b = a
    b.append(x)
    a += [2]
    c = [a]
    c[0].append(3)
    a.append(4)
    return b""",
    "a list in a list": """
    rows = [[0] * 3 for _ in range(3)]
    for row in rows:
        row[1] = x
        row.append(x)
    rows[0][0] += 1
    return rows""",
    "all that a list can do": """
    y = list(range(20))
    y[3] = x
    y[4], y[5] = y[5], y[4]
    y += [x, x]
    y.insert(0, 7)
    y.sort()
    y.pop()
    y[2:4] = []
    del y[0]
    y = y + [1]
    return y""",
    "all that a dict can do": """
    y = {1: "a", "1": (1, 2)}
    y[2] = [1]
    y[2].append(x)
    y[1] = "b"
    y.update({1: "c", 5: 6, 7: 8})
    y.pop("1")
    z = y.setdefault(9, [])
    z.append(x)
    return len(y)""",
    "names of comprehensions": """
    y = [z for z in range(x)]
    z = "z"
    w = {z: [v for v in y if v != z] for z in y}
    z += "".join([z for _ in y])
    return (lambda z: z)(z)""",
    "an endless loop": """
    y = 0
    while True:
        for z in range(3):
            y += z
        if y > 10:
            break
    return y""",
    "a condition over several lines": """
    y = [1, 2]
    while (
        len(y) < 5
        and not (y[0] > 3 or x in y)
    ):
        y.append(
            len(y)
        )
        if [z for z in y if z > 9]:
            return 0
    return y""",
    "strings that grow": """
    y = z = ""
    for w in range(60):
        y += "ab"
        z += "c"
        if z[-1] == "d":
            return 0
    y *= 2
    y += y
    return [y, z]""",
    "a call of itself": """
    if x == 0:
        return []
    y = f(x - 1)
    y.append((x, None, True, 0.5))
    return y""",
}


@pytest.mark.parametrize("name", SOURCES)
def test_a_trace_is_whole_whatever_a_program_does(name):
    one = program(f"def f(x):{SOURCES[name]}")
    found = trace(one, [3])
    assert same([list(call) for call in replay(found)], [list(call) for call in watched(one, [3])])


def test_what_a_call_changes_in_its_caller_is_told():
    one = program("def g(y):\n    y.append(1)\n\n\ndef f(x):\n    z = [x]\n    g(z)\n    return z")
    assert Step("f", 0, 7, "extend", "z", [1]) in trace(one, [3]).steps
    assert [call[0] for call in replay(trace(one, [3]))] == ["g", "f"]


@pytest.mark.parametrize(
    "body, error",
    [
        ("    y = {1}\n    return x", TypeError),
        ("    y = iter([x])\n    return x", TypeError),
        ("    y = x; z = x\n    return y", RuntimeError),
        (
            "    try:\n        y = [][0]\n    except IndexError:\n        y = 2\n    return y",
            RuntimeError,
        ),
        ("    y = x\n    del y\n    return x", RuntimeError),
        ("    y = [1]\n    y[0] = True\n    return x", RuntimeError),
        ("    yield x", RuntimeError),
        ("    return 1 // (x - 3)", ZeroDivisionError),
    ],
)
def test_there_is_no_trace_that_is_not_whole(body, error):
    with pytest.raises(error):
        trace(program(f"def f(x):\n{body}"), [3])


def test_the_trace_function_before_is_there_again():
    def other(frame, event, arg):
        return None

    good, arguments, _ = next(runs("lzw", "none", "abab"))
    bad = program("def f(x):\n    return [1][x]")
    before = sys.gettrace()
    sys.settrace(other)
    try:
        trace(good, arguments)
        after = sys.gettrace()
        with pytest.raises(IndexError):
            trace(bad, [5])
        after_error = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after is other and after_error is other


@pytest.mark.parametrize("name, side", CASES)
@given(texts)
@settings(deadline=None, max_examples=10)
def test_rows_are_json_and_hold_all_of_the_steps(name, side, text):
    for one, arguments, _ in runs(name, side, text):
        found = trace(one, arguments)
        back = loads(dumps(rows(found)))
        functions, steps = [], []
        for line, kind, name, value, *key in back:
            if kind == "call":
                functions.append(name)
            own = "" if kind == "call" else name
            steps.append(Step(functions[-1], len(functions) - 1, line, kind, own, value, *key))
            if kind == "return":
                functions.pop()
        assert replace(found, steps=tuple(steps)) == found


def test_two_thousand_characters_are_traced():
    text = "".join(chr(97 + k * k % 7) for k in range(2000))
    for one, arguments, value in runs("rle", "none", text):
        assert trace(one, arguments).value == value


def test_integers_of_more_digits_than_python_writes_are_traced():
    text = "".join(chr(97 + k * k % 13) for k in range(1500))
    assert FAMILIES["ae"].codes["full"].encode(text)[1] > 10**4300
    for one, arguments, value in runs("ae", "full", text):
        assert trace(one, arguments).value == value
