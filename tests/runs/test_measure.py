import json
import os

import pytest

from codelength import Bits, Codec, Codelength, Estimate, load_run, measure
from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.protocol import Message, Proposal
from codelength.codecs.registry import build
from codelength.coding.messages import read_messages
from codelength.corpora.files import FileCorpus
from codelength.corpora.kt import kt_corpus
from codelength.errors import CodelengthError, InputError, MessageError, ModelError
from codelength.runs import Exact, query, verify_run
from codelength.runs.engine import Engine
from codelength.runs.measure import Batch, Pace, work
from codelength.runs.store import read_parquet
from codelength.runs.writer import RunWriter

FINAL = {"instances.parquet", "messages.cl", "run.json", "times.parquet"}


@pytest.fixture
def corpus(tmp_path):
    path = tmp_path / "target.bin"
    path.write_bytes(bytes(range(256)) * 3 + b"hello " * 100)
    return FileCorpus(path, 50)


def test_the_message_file_is_as_long_as_the_total_says(tmp_path, corpus):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    total = run.total
    assert isinstance(total, Codelength)
    assert {path.name for path in run.folder.iterdir()} == FINAL
    size = (run.folder / "messages.cl").stat().st_size
    assert total.coded_bits + total.container_bits == 8 * size
    rows = run.rows()
    assert sum(row.coded_bits for row in rows) == total.coded_bits
    assert [row.index for row in rows] == list(range(len(corpus)))
    assert all(row.verified and row.correct for row in rows)


def test_estimates_are_estimates(tmp_path, corpus):
    run = measure(build("gzip-paper"), corpus, tmp_path / "run", name="gzip-paper")
    assert isinstance(run.total, Estimate)
    assert not (run.folder / "messages.cl").exists()
    assert all(row.coded_bits is None and not row.verified for row in run.rows())
    assert not verify_run(run.folder).verified


class Gathering(Codec):
    """A codec that keeps where and with how many instances it was prepared."""

    together = 20

    def __init__(self, kept=()):
        self.kept = kept

    def prepare(self, instances):
        return Gathering([os.getpid(), len(instances)])

    def message(self, target, given):
        said = Proposal("", True, 8.0, f"{self.kept}, worked in {os.getpid()}")
        return Message(self.encode(target, given), 8.0, said)

    def encode(self, target, given):
        return Bits.from_bytes(target)

    def read(self, reader, given):
        return reader.read_bytes(given.length)


def test_a_codec_that_gathers_is_prepared_in_this_process(tmp_path, corpus):
    with Engine(2) as engine:
        run = measure(Gathering(), corpus, tmp_path / "run", engine=engine)
    notes = [row.note for row in run.rows()]
    assert len(notes) == 28
    assert all(one.startswith(f"[{os.getpid()}, 20]") for one in notes[:20])
    assert all(one.startswith(f"[{os.getpid()}, 8]") for one in notes[20:])
    assert not any(one.endswith(f"in {os.getpid()}") for one in notes)
    assert Fallback(Gathering(), Raw()).together == 20


class Failing(Gathering):
    """A codec that can be prepared once."""

    def prepare(self, instances):
        if self.kept:
            raise ModelError("the model is gone")
        self.kept = [1]
        return Gathering(self.kept)


@pytest.mark.parametrize("workers", [1, 2])
def test_what_was_prepared_before_a_failure_is_kept(tmp_path, corpus, workers):
    with Engine(workers) as engine, pytest.raises(ModelError, match="is gone"):
        measure(Failing(), corpus, tmp_path / "run", engine=engine)
    kept = measure_parts(tmp_path / "run")
    assert kept == [*range(20)]


def measure_parts(folder):
    """The places of the instances in a run's parts."""
    return sorted(
        place
        for part in (folder / "parts").glob("part-*.parquet")
        for place in read_parquet(part)["index"].to_pylist()
    )


class Forgetful(Codec):
    """A codec that loses one symbol of every fourth target."""

    def encode(self, target, given):
        return Bits.from_bytes(target)

    def read(self, reader, given):
        target = reader.read_bytes(given.length)
        return target if target[0] % 4 else target[:-1] + b"?"


def test_a_message_that_does_not_come_back_is_no_codelength(tmp_path, corpus):
    run = measure(Forgetful(), corpus, tmp_path / "run")
    assert isinstance(run.total, Estimate)
    assert {row.verified for row in run.rows()} == {True, False}


class Remembering(Codec):
    """A codec whose messages are places in its own memory."""

    def __init__(self):
        self.seen = []

    def encode(self, target, given):
        self.seen.append(target)
        return Bits.from_int(len(self.seen) - 1, 16)

    def read(self, reader, given):
        place = reader.read_int(16)
        return self.seen[place] if place < len(self.seen) else b""


@pytest.mark.parametrize("workers", [1, 2])
def test_a_codec_that_remembers_its_targets_is_not_verified(tmp_path, corpus, workers):
    with Engine(workers) as engine:
        run = measure(Remembering(), corpus, tmp_path / "run", engine=engine)
    assert not any(row.verified for row in run.rows())
    with pytest.raises(MessageError, match="28 of 28 messages did not decode"):
        verify_run(run.folder)


class Greedy(Forgetful):
    """A codec whose decoder reads into the next message."""

    def read(self, reader, given):
        return reader.read_bytes(given.length + 1)[:-1]


def test_a_decoder_that_reads_too_far_is_not_verified(tmp_path, corpus):
    run = measure(Greedy(), corpus, tmp_path / "run")
    assert not any(row.verified for row in run.rows())


def test_a_run_of_the_same_spec_is_not_measured_again(tmp_path, corpus):
    first = measure(build("xz"), corpus, tmp_path / "run", name="xz")
    stamp = (first.folder / "instances.parquet").stat().st_mtime_ns
    measure(build("xz"), corpus, tmp_path / "run", name="xz")
    assert (first.folder / "instances.parquet").stat().st_mtime_ns == stamp


def test_a_run_of_another_spec_is_refused_by_what_differs(tmp_path, corpus):
    measure(build("xz"), corpus, tmp_path / "run", name="xz")
    with pytest.raises(InputError, match=r"holds another run: codec, protocol differs .*xz there"):
        measure(build("gzip"), corpus, tmp_path / "run", name="gzip")


def test_workers_do_not_change_a_byte(tmp_path):
    corpus = kt_corpus("synthetic", limit=300, seed=2)
    alone = measure(build("gold"), corpus, tmp_path / "one", name="gold")
    with Engine(2) as engine:
        many = measure(build("gold"), corpus, tmp_path / "two", name="gold", engine=engine)
    for name in FINAL - {"times.parquet"}:
        assert (alone.folder / name).read_bytes() == (many.folder / name).read_bytes()


def test_an_unfinished_run_is_not_loaded(tmp_path, corpus):
    run = measure(build("raw"), corpus, tmp_path / "run", name="raw")
    info = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps(info | {"complete": False}))
    with pytest.raises(InputError, match="not complete; resume it"):
        load_run(run.folder)
    with pytest.raises(InputError, match="is not a run folder"):
        load_run(tmp_path)


def test_verify_decodes_every_message(tmp_path, corpus):
    run = measure(build("ppmd"), corpus, tmp_path / "run", name="ppmd")
    found = verify_run(run.folder)
    assert found.verified and found.messages == len(corpus)
    assert found.coded_bits == read_messages(run.folder / "messages.cl").coded_bits


@pytest.mark.parametrize("name", ["messages.cl", "instances.parquet"])
def test_verify_notices_a_changed_byte(tmp_path, corpus, name):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    data = bytearray((run.folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (run.folder / name).write_bytes(data)
    with pytest.raises(MessageError, match="damaged"):
        verify_run(run.folder)


def test_sql_runs_over_many_runs(tmp_path, corpus):
    for name in ("raw", "gzip"):
        measure(build(name), corpus, tmp_path / "runs" / name, name=name)
    sql = "select codec, count(*) n, sum(coded_bits) bits from instances group by 1 order by 1"
    gzip, raw = query([tmp_path / "runs"], sql)
    assert (gzip["codec"], raw["codec"]) == ("gzip", "raw")
    assert raw["n"] == len(corpus) and raw["bits"] == 8 * 1368
    with pytest.raises(InputError, match="the query failed"):
        query([tmp_path / "runs"], "select nothing from nowhere")


def test_a_partial_codec_without_fallback_is_named(tmp_path, corpus):
    from codelength.dsl.priors import ExactPrior
    from codelength.synthesis.gold import Gold
    from codelength.synthesis.programs import ProgramCodec

    with pytest.raises(InputError, match="wrap the codec in a Fallback"):
        measure(ProgramCodec(Gold(), ExactPrior()), corpus, tmp_path / "run")


def test_two_processes_do_not_write_one_run(tmp_path, corpus):
    spec = {"codec": "x", "corpus": {}, "protocol": {}}
    with (
        RunWriter(tmp_path / "run", spec),
        pytest.raises(InputError, match="another process is writing"),
        RunWriter(tmp_path / "run", spec),
    ):
        pass


def test_a_damaged_part_is_measured_again(tmp_path, corpus):
    codec = build("gzip")
    whole = measure(codec, corpus, tmp_path / "whole", name="gzip")
    spec = whole.info["spec"]
    with RunWriter(tmp_path / "run", spec) as writer:
        batch = Batch(codec, Exact(), [0, 1], list(corpus)[:2])
        writer.add(work(batch))
    (part,) = (tmp_path / "run" / "parts").glob("part-*")
    part.write_bytes(part.read_bytes()[:100])
    run = measure(codec, corpus, tmp_path / "run", name="gzip")
    for name in FINAL - {"times.parquet"}:
        assert (run.folder / name).read_bytes() == (whole.folder / name).read_bytes()


def change(folder, **changes):
    info = json.loads((folder / "run.json").read_text())
    for key, value in changes.items():
        info[key] = info[key] | value if isinstance(info.get(key), dict) and value else value
    (folder / "run.json").write_text(json.dumps(info))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"totals": {"coded_bits": 1000}}, "not the sums of its rows"),
        ({"totals": {"instances": 0}}, "not the sums"),
        ({"totals": None}, "lacks spec, totals or files"),
        ({"complete": "yes"}, "lacks spec, totals or files"),
        ({"files": None}, "lacks spec, totals or files"),
        ({"files": {"messages.cl": "0" * 64}}, "messages.cl damaged"),
        ({"spec": {"codec": "deflate"}}, "belongs to another run"),
        ({"spec": None}, "lacks spec"),
        ({"format": 1}, "has format 1"),
    ],
)
def test_verify_notices_a_changed_run_json(tmp_path, corpus, changes, says):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    change(run.folder, **changes)
    with pytest.raises((MessageError, InputError), match=says):
        verify_run(run.folder)


def test_verify_wants_the_messages_of_a_run_that_has_them(tmp_path, corpus):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    info = json.loads((run.folder / "run.json").read_text())
    del info["files"]["messages.cl"]
    (run.folder / "run.json").write_text(json.dumps(info))
    (run.folder / "messages.cl").unlink()
    with pytest.raises(MessageError):
        verify_run(run.folder)


def test_totals_come_from_the_rows(tmp_path, corpus):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    total = run.total
    change(run.folder, totals={"coded_bits": 1})
    assert load_run(run.folder).total == total


@pytest.mark.parametrize("text", ["", "[]", "{", "[" * 99_999, '{"complete": true}', None])
def test_a_damaged_run_json_is_measured_again(tmp_path, corpus, text):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    whole = {path.name: path.read_bytes() for path in run.folder.iterdir()}
    if text is None:
        change(run.folder, totals={"coded_bits": 1})
    else:
        (run.folder / "run.json").write_text(text)
        with pytest.raises(InputError):
            load_run(run.folder)
    measure(build("gzip"), corpus, str(tmp_path / "run"), name="gzip")
    for name in FINAL - {"times.parquet"}:
        assert (run.folder / name).read_bytes() == whole[name]


def test_rows_of_another_schema_are_refused(tmp_path, corpus):
    import pyarrow.parquet as pq

    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    path = run.folder / "instances.parquet"
    for table in (run.table().drop_columns(["program"]), run.table().slice(1)):
        pq.write_table(table, path)
        with pytest.raises(InputError, match="is damaged; measure the run again"):
            run.rows()


@pytest.mark.parametrize("name", ["instances.parquet", "messages.cl"])
def test_a_damaged_run_is_measured_again(tmp_path, corpus, name):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    whole = (run.folder / name).read_bytes()
    for damage in (whole[:-9], None):
        (run.folder / name).unlink() if damage is None else (run.folder / name).write_bytes(damage)
        measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
        assert (run.folder / name).read_bytes() == whole


def test_unreadable_rows_say_what_to_do(tmp_path, corpus):
    run = measure(build("gzip"), corpus, tmp_path / "run", name="gzip")
    (run.folder / "instances.parquet").write_bytes(b"junk")
    with pytest.raises(InputError, match="damaged; measure the run again"):
        run.rows()


def test_an_empty_corpus_is_refused(tmp_path):
    class Nothing(FileCorpus):
        def __len__(self):
            return 0

    path = tmp_path / "x"
    path.write_bytes(b"x")
    with pytest.raises(InputError, match="is empty"):
        measure(build("raw"), Nothing(path), tmp_path / "run")


def test_a_run_without_a_name_says_how_to_name_it(tmp_path, corpus):
    run = measure(build("raw"), corpus, tmp_path / "run")
    with pytest.raises(InputError, match=r"without a name; give measure\(name="):
        verify_run(run.folder)


def test_queries_with_two_columns_of_one_name_are_refused(tmp_path, corpus):
    measure(build("raw"), corpus, tmp_path / "run", name="raw")
    for sql in ("select 1 a, 2 a", "", " ; "):
        with pytest.raises(InputError):
            query([tmp_path], sql)


def test_a_worker_that_dies_is_an_error_of_one_line():
    with Engine(2) as engine, pytest.raises(CodelengthError, match="a worker process died"):
        list(engine.map(os._exit, [1] * 10))


def test_batches_grow_where_one_instance_loads_for_the_others():
    pace = Pace()
    for _ in range(3):
        pace.note([3.0, *[0.001] * (pace.size - 1)])
    assert pace.size == 64
    pace.note([0.1] * 64)
    assert pace.size == 32
    for _ in range(9):
        pace.note([5.0] * pace.size)
    assert pace.size == 1
