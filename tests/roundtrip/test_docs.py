"""What docs/roundtrip.md shows is what the code gives."""

import re
from pathlib import Path

import pytest

from codelength.roundtrip.families import FAMILIES
from codelength.roundtrip.records import Origin, record
from codelength.roundtrip.sources import SOURCES
from codelength.roundtrip.training import told
from codelength.roundtrip.values import dumps

PAGE = (Path(__file__).parents[2] / "docs" / "roundtrip.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FAMILIES)
def test_worked_items_are_right(name):
    one = record(name, "full", Origin("docs", "word", 1), "abaab")
    row = re.search(rf"^\| `{name}` \| `(.*?)` \|(.*)\|$", PAGE, re.MULTILINE)
    assert row[1] == dumps(one.output)
    assert re.findall(r"(\w+) `(.*?)`", row[2]) == [(k, dumps(v)) for k, v in one.beside.items()]


def test_the_narration_is_what_is_told():
    one = record("lzw", "full", Origin("docs", "word", 1), "abaab")
    assert f"```\n{told(one, 'encoder', False).words.strip()}\n```" in PAGE


def test_the_number_of_kinds_is_right():
    count = sum(len(source.kinds) for source in SOURCES.values())
    assert f"{count} kinds" in PAGE
