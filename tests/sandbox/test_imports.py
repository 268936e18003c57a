"""Programs import the standard library, whatever happens to its folder."""

import os
import shutil
import sys
import sysconfig
from pathlib import Path

import pytest

from codelength.sandbox.jail import Jail

pytestmark = pytest.mark.usefixtures("bare")


@pytest.fixture
def python(tmp_path):
    """An interpreter of its own, whose library is links to this one's."""
    source, library = Path(sys.executable).resolve(), Path(sysconfig.get_path("stdlib"))
    folder = tmp_path / "lib" / library.name
    folder.mkdir(parents=True)
    (tmp_path / "bin").mkdir()
    shutil.copy(source, tmp_path / "bin" / source.name)
    for shared in library.parent.glob("libpython*.so*"):
        (tmp_path / "lib" / shared.name).symlink_to(shared)
    for one in library.iterdir():
        (folder / one.name).symlink_to(one)
    return tmp_path / "bin" / source.name


def test_a_change_of_the_librarys_folder_changes_no_import(python):
    program = "import colorsys, json, xml.dom\noutput = [1]"
    with Jail(str(python)) as jail:
        assert jail.run(program).output == (1,)
        folder = next((python.parent.parent / "lib").glob("python3*"))
        os.utime(folder, (0, 0))
        outcome = jail.run(program)
        assert (outcome.output, outcome.detail) == ((1,), "")
