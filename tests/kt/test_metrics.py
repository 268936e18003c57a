"""KT's three figures, against sums done by hand."""

import gzip

import pytest

from codelength.codecs.registry import build
from codelength.corpora.instances import Condition, Corpus, Instance
from codelength.dsl.priors import ExactPrior, PaperPrior
from codelength.dsl.program import Program
from codelength.errors import MessageError
from codelength.kt.metrics import keep_gzip_sizes, score, verify
from codelength.runs.measure import measure

RIGHT = Program.parse("sequence_1 = repeat_num(25, 200)\noutput = sequence_1")
WRONG = Program.parse("sequence_1 = repeat_num(24, 7)\noutput = sequence_1")


class Three(Corpus):
    """A right gold program, a wrong one, and none."""

    name = "three"

    def describe(self):
        return {"modality": self.name, "item_length": 25}

    def __iter__(self):
        yield Instance("a", bytes([200]) * 25, Condition(), str(RIGHT))
        yield Instance("b", bytes([7]) * 25, Condition(), str(WRONG))
        yield Instance("c", bytes(range(140, 165)))

    def __len__(self):
        return 3


def paper_gzip(data):
    return 8 * len(gzip.compress(data.decode("latin-1").encode(), 9))


@pytest.fixture
def targets():
    return [instance.target for instance in Three()]


def test_the_papers_formulas(tmp_path, targets):
    run = measure(build("gold:prior=paper"), Three(), tmp_path / "run", name="gold:prior=paper")
    keep_gzip_sizes(run, Three())
    found = score(run)
    bits = PaperPrior().bits(RIGHT)
    assert found.accuracy == pytest.approx(1 / 3)
    assert found.compression_rate == pytest.approx((1 + bits + 2 * (1 + 200)) / 600)
    assert found.precision == pytest.approx(bits / paper_gzip(targets[0]))
    assert found.precision_items == pytest.approx(bits / (paper_gzip(targets[0]) - 160))
    joint = 1 + bits + 2 + paper_gzip(targets[1] + targets[2])
    assert found.compression_rate_joint == pytest.approx(joint / 600)
    assert found.coded_bits is None and not found.verified


def test_the_exact_row_pays_for_lengths_and_is_verified(tmp_path):
    run = measure(build("gold:prior=exact"), Three(), tmp_path / "run", name="gold:prior=exact")
    keep_gzip_sizes(run, Three())
    found = score(run)
    length = 2 * (1 + 200 + 9)  # selector, symbols, Elias' delta code of 26
    assert found.coded_bits == 1 + len(ExactPrior().encode(RIGHT)) + length
    assert found.verified and found.accuracy == pytest.approx(1 / 3)


def test_a_right_program_counts_also_where_raw_is_shorter(tmp_path):
    class Costly(Three):
        def __iter__(self):
            yield Instance("a", b"ab", Condition(2), str(Program.literal(b"ab")))

        def __len__(self):
            return 1

    run = measure(build("gold"), Costly(), tmp_path / "run", name="gold")
    keep_gzip_sizes(run, Costly())
    found = score(run)
    assert found.coded_bits == 1 + 16 and found.accuracy == 1
    assert found.precision > 0


def test_without_right_programs_there_is_no_precision(tmp_path):
    class Wrong(Three):
        def __iter__(self):
            yield Instance("b", bytes([7]) * 25, Condition(), str(WRONG))

        def __len__(self):
            return 1

    run = measure(build("gold"), Wrong(), tmp_path / "run", name="gold")
    keep_gzip_sizes(run, Wrong())
    assert score(run).precision is None and score(run).accuracy == 0


def test_a_compressor_is_right_where_it_decodes(tmp_path, targets):
    run = measure(build("gzip"), Three(), tmp_path / "run", name="gzip")
    keep_gzip_sizes(run, Three())
    found = score(run)
    bits = sum(8 * len(gzip.compress(target, 9)) for target in targets)
    assert found.accuracy == 1 and found.coded_bits == bits
    assert found.precision == pytest.approx(bits / paper_gzip(b"".join(targets)))


@pytest.mark.parametrize(
    "text", ['{"joint_right": 1, "joint_wrong": 0, "items_right": 2}', '{"a": 1}']
)
def test_verify_notices_changed_gzip_sizes(tmp_path, text):
    run = measure(build("gzip"), Three(), tmp_path / "run", name="gzip")
    keep_gzip_sizes(run, Three())
    assert verify(run.folder).verified
    (run.folder / "kt.json").write_text(text)
    with pytest.raises(MessageError, match="does not agree with the decoded targets"):
        verify(run.folder)


def test_an_empty_target_has_no_rate(tmp_path):
    class Empty(Three):
        def __iter__(self):
            yield Instance("e", b"")

        def __len__(self):
            return 1

    run = measure(build("gzip"), Empty(), tmp_path / "run", name="gzip")
    assert score(run).compression_rate is None and score(run).coded_bits == 160
