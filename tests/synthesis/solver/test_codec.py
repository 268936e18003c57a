"""`solver` as a codec: its messages decode, and whole runs work."""

import pytest

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.protocol import Codec, Estimator
from codelength.codecs.registry import build
from codelength.coding.bits import BitReader, BitWriter
from codelength.corpora.instances import Condition
from codelength.corpora.kt import kt_corpus
from codelength.dsl.interpreter import Limits
from codelength.dsl.priors import prior
from codelength.errors import InputError
from tests.cli.conftest import cli  # noqa: F401 - a fixture


@pytest.mark.parametrize("name", ["exact", "fitted"])
def test_messages_decode_back_to_back(name):
    codec = build(f"solver:prior={name},budget=40")
    assert isinstance(codec, Codec)
    instances = list(kt_corpus("synthetic", limit=20, seed=8))
    writer = BitWriter()
    for instance in instances:
        message = codec.message(instance.target, instance.given)
        assert codec.decode(message.bits, instance.given) == instance.target
        assert message.proposal is not None and message.proposal.correct
        writer.append(message.bits)
    reader = BitReader(bytes(writer), len(writer))
    plain = build(f"solver:prior={name}")
    assert [plain.read(reader) for _ in instances] == [one.target for one in instances]
    assert reader.left == 0
    raw = sum(instance.raw_bits for instance in instances)
    assert len(writer) < 0.6 * raw


def test_the_message_is_the_solvers_program():
    target = bytes(range(40, 90))
    bits = build("solver:prior=exact").encode(target)
    assert prior("exact").read(BitReader.over(bits[1:]), Limits()).operations == ("range_func_up",)


def test_noise_is_sent_raw():
    target = bytes((k * k * 89 + 31 * k) % 251 for k in range(64))
    codec = build("solver")
    assert isinstance(codec, Fallback)
    known = Condition(len(target))
    assert len(codec.encode(target, known)) <= 1 + len(Raw().encode(target, known))


def test_the_papers_prior_is_an_estimate():
    estimate = build("solver:prior=paper")
    assert isinstance(estimate, Estimator)
    assert estimate.estimate(bytes([7] * 25)).bits == pytest.approx(1 + 21.609640474436812)


@pytest.mark.parametrize(
    "spec", ["prior=text", "budget=0", "budget=x", "seconds=0", "wider=-1", "nodes=5"]
)
def test_unknown_options_are_refused(spec):
    with pytest.raises(InputError, match="solver"):
        build(f"solver:{spec}")


def test_a_run_is_verified(cli, tmp_path):  # noqa: F811
    codecs = (
        "solver:budget=20,solver:prior=fitted,budget=20,solver:prior=paper,wider=1,budget=20,raw"
    )
    out = tmp_path / "runs"
    base = ("kt", "run", "--modality", "synthetic", "--codec", codecs, "--limit", 20)
    rows = cli(*base, "--out", out, "--workers", 1, "--json").json
    assert [row["accuracy"] for row in rows] == [1, 1, 1, 1]
    assert [row["verified"] for row in rows] == [True, True, False, True]
    exact, fitted, paper, raw = (row["compression_rate"] for row in rows)
    assert fitted < exact < raw and paper < raw
    assert rows[2]["coded_bits"] is None and rows[2]["precision"] < 1
    verified = cli("verify", out, "--json").json
    assert [row["verified"] for row in verified] == [True, True, False, True]


def test_a_run_by_the_name_alone(cli, tmp_path):  # noqa: F811
    out = tmp_path / "runs"
    base = ("kt", "run", "--modality", "synthetic", "--codec", "solver", "--limit", 20)
    (row,) = cli(*base, "--out", out, "--workers", 1, "--json").json
    assert row["accuracy"] == 1 and row["verified"]
