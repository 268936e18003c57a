import shutil

import pytest

from codelength.errors import InputError
from codelength.kt.grid import GridSpec, folders_in_order, read_grid, resume, run_grid

SPEC = GridSpec(("synthetic",), ("raw", "gzip", "gold:prior=paper"), limit=20, seed=4)


def test_cells_are_folders_in_the_order_asked_for(tmp_path):
    runs = run_grid(SPEC, tmp_path / "grid")
    assert [run.codec for run in runs] == list(SPEC.codecs)
    assert folders_in_order(tmp_path / "grid") == [run.folder for run in runs]
    assert folders_in_order(runs[1].folder) == [runs[1].folder]
    assert read_grid(tmp_path / "grid") == SPEC


def test_a_grid_of_another_spec_is_refused(tmp_path):
    run_grid(SPEC, tmp_path / "grid")
    with pytest.raises(InputError, match=r"seed differs .*4 there, 5 asked"):
        run_grid(GridSpec(SPEC.modalities, SPEC.codecs, limit=20, seed=5), tmp_path / "grid")


def test_a_folder_that_is_no_grid_is_left_alone(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(InputError, match="exists and is no grid"):
        run_grid(SPEC, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_bad_data_is_noticed_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("CODELENGTH_DATA", raising=False)
    for spec in (
        GridSpec(("synthetic", "text"), ("raw",), limit=5),
        GridSpec(("synthetic",), ("raw", "unknown"), limit=5),
        GridSpec((), ("raw",)),
    ):
        with pytest.raises(InputError):
            run_grid(spec, tmp_path / "grid")
    assert not (tmp_path / "grid").exists()


@pytest.mark.parametrize("part", ["grid", "cell"])
def test_a_grid_or_one_of_its_runs_is_resumed(tmp_path, part):
    runs = run_grid(SPEC, tmp_path / "grid")
    broken = runs[1].folder
    kept = {path.name: path.read_bytes() for path in broken.iterdir()}
    for path in broken.iterdir():
        if path.name != "run.json":
            path.unlink()
    info = (broken / "run.json").read_text().replace('"complete": true', '"complete": false')
    (broken / "run.json").write_text(info)
    resume(tmp_path / "grid" if part == "grid" else broken)
    for name in ("instances.parquet", "messages.cl", "run.json", "kt.json"):
        assert (broken / name).read_bytes() == kept[name]
    with pytest.raises(InputError, match="neither a grid nor a run"):
        resume(tmp_path)


def test_any_file_is_a_modality(tmp_path):
    path = tmp_path / "a b.bin"
    path.write_bytes(b"abc" * 100)
    (run,) = run_grid(GridSpec((f"file:{path}",), ("xz",), (None,)), tmp_path / "grid")
    assert run.info["totals"]["symbols"] == 300
    resume(run.folder)


def test_a_start_that_was_killed_is_started_again(tmp_path):
    (tmp_path / "grid").mkdir()
    (tmp_path / "grid" / ".grid.json.123.part").write_text("{")
    runs = run_grid(SPEC, tmp_path / "grid")
    (runs[0].folder / ".kt.json.123.part").write_text("{")
    run_grid(SPEC, tmp_path / "grid")
    assert not list((tmp_path / "grid").rglob("*.part"))


def test_the_seed_of_a_grid_does_not_matter_to_files(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"abc")
    spec = GridSpec((f"file:{path}", "synthetic"), ("raw",), limit=5, seed=7)
    runs = run_grid(spec, tmp_path / "grid")
    assert folders_in_order(tmp_path / "grid") == [run.folder for run in runs]
    for run in runs:
        assert resume(run.folder)[0].folder == run.folder


def test_a_cell_in_the_place_of_another_is_noticed(tmp_path):
    runs = run_grid(SPEC, tmp_path / "grid")
    shutil.rmtree(runs[0].folder)
    shutil.copytree(runs[1].folder, runs[0].folder)
    with pytest.raises(InputError, match=r"holds another run than grid\.json says"):
        folders_in_order(tmp_path / "grid")


@pytest.mark.parametrize(
    "text", ["", "{", '{"joint_right": 5, "joint_wrong": 0, "items_right": 5}']
)
def test_damaged_gzip_sizes_are_written_anew(tmp_path, text):
    run = run_grid(SPEC, tmp_path / "grid")[1]
    whole = (run.folder / "kt.json").read_bytes()
    (run.folder / "kt.json").write_text(text)
    run_grid(SPEC, tmp_path / "grid")
    assert (run.folder / "kt.json").read_bytes() == whole


@pytest.mark.parametrize("text", ["{}", '{"spec": {}}', "[]", "x"])
def test_a_damaged_grid_file_is_refused(tmp_path, text):
    run_grid(SPEC, tmp_path / "grid")
    (tmp_path / "grid" / "grid.json").write_text(text)
    for use in (folders_in_order, resume):
        with pytest.raises(InputError):
            use(tmp_path / "grid")
