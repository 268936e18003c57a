from pathlib import Path

import pytest

from codelength.coding.atomic import TORN, hidden_beside, remove_torn, write_atomic
from codelength.errors import InputError
from codelength.runs.streams import Output


def test_write_atomic_leaves_nothing_behind_where_it_cannot_write(tmp_path):
    with pytest.raises(InputError, match="cannot write"):
        write_atomic(tmp_path / "missing" / "file", b"x")
    assert list(tmp_path.iterdir()) == []
    write_atomic(tmp_path / "file", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_write_atomic_writes_into_pipes_and_through_links(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_atomic(tmp_path / "link", b"new")
    assert (tmp_path / "real").read_bytes() == b"new" and (tmp_path / "link").is_symlink()
    write_atomic(Path("/dev/null"), b"x")
    assert Path("/dev/null").is_char_device()
    with pytest.raises(InputError, match="is a folder"):
        write_atomic(tmp_path, b"x")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(InputError, match="cannot write"):
        write_atomic(tmp_path / "loop", b"x")


@pytest.mark.parametrize("name", ["n" * 255, "é" * 127, "日本語" * 28])
def test_names_as_long_as_they_may_be_are_written(name, tmp_path):
    write_atomic(tmp_path / name, b"x")
    with Output(tmp_path / name) as output:
        output.journal.write_bytes(b"")
        output.file.write(b"new")
        output.finish()
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_bytes() == b"new"


def test_long_names_that_begin_alike_have_hidden_files_of_their_own():
    made = {hidden_beside(Path("n" * 240 + last), TORN) for last in "ab"}
    assert len(made) == 2 and all(len(path.name) < 240 for path in made)


def test_what_killed_processes_left_is_removed(tmp_path):
    for name in ("file", "n" * 255):
        hidden_beside(tmp_path / name, f".7{TORN}").touch()
    remove_torn(tmp_path)
    assert list(tmp_path.iterdir()) == []
