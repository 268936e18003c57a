import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength.errors import InputError
from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.renderings import RENDERINGS, rendering, shown_value, written
from codelength.roundtrip.values import same

texts = st.text(alphabet=st.characters(exclude_categories=["Cs"]))
digits = st.text(alphabet="0123456789:/, \\uxU+{}\n")


def messages(family, text):
    code = FAMILIES[family].codes["full"]
    return code.encode(text, code.beside(text))


@pytest.mark.parametrize("name", RENDERINGS)
@given(texts | digits)
def test_each_rendering_is_read_back_into_the_same_value(name, text):
    one = RENDERINGS[name]
    for family in one.families or ("rle",):
        value = text if one.side == "input" else messages(family, text)
        shown = written(value, one.side, one)
        assert isinstance(shown, str)
        assert same(shown_value(shown, one.side, one), value)


@pytest.mark.parametrize("name", [name for name in RENDERINGS if name != "input:raw"])
@pytest.mark.parametrize("text", ["?", "1:", "U+", "\\", "=====", "12 x", "é"])
def test_what_is_no_rendering_is_refused_or_is_one(name, text):
    one = RENDERINGS[name]
    try:
        value = one.read(text)
    except ValueError:
        return
    assert one.read(one.write(value)) == value


def test_a_rendering_leaves_the_other_side_as_json():
    assert written("a", "input", RENDERINGS["huffman:hex"]) == '"a"'
    assert written([255], "output", RENDERINGS["huffman:hex"]) == "ff"


def test_an_unknown_rendering_is_refused():
    assert rendering("json") is None
    with pytest.raises(InputError, match="lzw:csv"):
        rendering("lzw:hex")
