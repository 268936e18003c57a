"""The README's first block prints what the README says."""

import io
import re
from contextlib import redirect_stdout
from pathlib import Path

from codelength.codecs.registry import Spec

ROOT = Path(__file__).parents[1]


def test_the_eight_lines_print_what_stands_below_them():
    text = (ROOT / "README.md").read_text()
    code, printed = re.search(r"```python\n(.*?)```\n\n```\n(.*?)```", text, re.DOTALL).groups()
    assert len([line for line in code.splitlines() if line.strip()]) <= 8
    out = io.StringIO()
    with redirect_stdout(out):
        exec(code, {})
    assert out.getvalue() == printed


def test_every_page_that_is_linked_exists():
    for page in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if "://" not in link:
                assert (page.parent / link).exists(), f"{page.name}: {link}"


def test_the_two_commands_of_the_readme_are_in_the_makefile():
    makefile = (ROOT / "Makefile").read_text()
    for command in re.findall(r"^make (\w+)", (ROOT / "README.md").read_text(), re.MULTILINE):
        assert re.search(rf"^{command}:", makefile, re.MULTILINE)


def test_the_codec_of_contributing_works():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    names: dict = {}
    exec(re.search(r"```python\n(.*?)```", text, re.DOTALL).group(1), names)
    codec = names["build"](Spec.parse("runs"))
    assert len(codec.encode(b"x" * 100)) == 1 + 13 + 8
    for target in (b"", b"x" * 100, b"xyz"):
        assert codec.decode(codec.encode(target)) == target
