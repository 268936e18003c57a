"""Seed coding: the first accepted seed, what it costs, and when it is refused."""

import hashlib
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codelength import Bits, Codec, measure
from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.conditioned import Conditioned, Documents
from codelength.codecs.context_mixing import ContextMixing
from codelength.codecs.observers import Every, Exact, Family, ladder
from codelength.codecs.registry import build_codec
from codelength.codecs.seeded import Replayable, Seeded
from codelength.corpora.instances import Condition, Corpus, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.runs.store import load_run
from codelength.runs.verify import verify_run


class Dice(Replayable):
    """Six equal faces, thrown by seed and latent."""

    def run(self, latent, seed, given):
        return bytes([hashlib.sha256(latent + bytes([seed]) + given.text).digest()[0] % 6])

    def latents(self, target, given):
        return (b"", b"again")

    def protocol(self):
        return {"system": "dice"}


class Throws(Corpus):
    name = "throws"

    def describe(self):
        return {"faces": 6}

    def __iter__(self):
        return (Instance(f"{k}", bytes([k % 6]), Condition(text=b"%d" % k)) for k in range(20))

    def __len__(self):
        return 20


EVEN = Family("even", {"parity": lambda given, y: y[0] % 2})
SAME = Family("same", {"face": lambda given, y: y[0]})


@given(st.integers(0, 5), st.integers(1, 40))
def test_the_message_is_the_rank_of_the_first_seed_that_is_accepted(face, seeds):
    codec = Seeded(Dice(), Exact(), seeds)
    target = bytes([face])
    ranks = [k for k in range(seeds) if Dice().run(b"", k, Condition()) == target]
    if not ranks:
        with pytest.raises(CannotEncode, match=f"no outcome of {seeds} seeds is accepted"):
            codec.encode(target)
        return
    bits = codec.encode(target)
    assert bits == Bits.from_int(ranks[0], (seeds - 1).bit_length())
    assert codec.decode(bits) == target


def test_of_several_latents_the_shortest_message_is_sent():
    codec = Seeded(Dice(), Exact(), 3, latent=Raw())
    found = [k for k in range(6) if not _hit(b"", k, 3) and _hit(b"again", k, 3)]
    assert found, "a face that only the second latent has"
    bits = codec.encode(bytes(found[:1]))
    assert len(bits) == len(Raw().encode(b"again")) + 2
    assert codec.decode(bits) == bytes(found[:1])


def _hit(latent, face, seeds):
    return any(Dice().run(latent, k, Condition())[0] == face for k in range(seeds))


def test_a_rank_beyond_the_budget_is_refused():
    with pytest.raises(MessageError, match="seed 3 of 3"):
        Seeded(Dice(), Exact(), 3).decode(Bits("11"))


def test_a_looser_observer_needs_no_more_bits_rung_by_rung(tmp_path):
    totals = []
    for rung in ladder("faces", [EVEN, SAME]):
        codec = Fallback(Seeded(Dice(), rung, 8), Raw())
        totals.append(measure(codec, Throws(), tmp_path / rung.name).total.coded_bits)
    assert totals == sorted(totals) and totals[0] < totals[1]


def test_what_is_accepted_is_kept_where_it_is_not_the_target(tmp_path, monkeypatch):
    build_with(monkeypatch, EVEN, 8)
    run = measure(made(EVEN, 8), Throws(), tmp_path / "run", name="raw")
    kept = [row for row in run.rows() if row.reconstruction is not None]
    assert kept and all(row.verified for row in run.rows())
    assert all(row.reconstruction[0] % 2 == int(row.id) % 2 for row in kept)
    assert verify_run(tmp_path / "run").messages == 20


def made(observer, seeds):
    return Fallback(Seeded(Dice(), observer, seeds), Raw())


def build_with(monkeypatch, observer, seeds, system=None):
    codec = made(observer, seeds)
    if system:
        codec.primary.system = system
    monkeypatch.setattr("codelength.runs.verify.build_codec", lambda name: codec)


class Other(Dice):
    def protocol(self):
        return {"system": "dice", "library": "2.0"}


@pytest.mark.parametrize(
    ("observer", "seeds", "system", "named"),
    [
        (SAME, 8, None, "observer"),
        (EVEN, 16, None, "seeds: 8 there, 16 here"),
        (EVEN, 8, Other(), 'system.library: null there, "2.0" here'),
    ],
)
def test_a_changed_protocol_is_refused_by_name(
    tmp_path, monkeypatch, observer, seeds, system, named
):
    measure(made(EVEN, 8), Throws(), tmp_path / "run", name="raw")
    build_with(monkeypatch, observer, seeds, system)
    with pytest.raises(MessageError, match=named):
        verify_run(tmp_path / "run")


def test_a_codec_is_measured_with_its_own_observer(tmp_path):
    with pytest.raises(InputError, match="made for the observer even, not exact"):
        measure(made(EVEN, 8), Throws(), tmp_path / "run", observer=Exact())
    measure(made(EVEN, 8), Throws(), tmp_path / "run")
    assert load_run(tmp_path / "run").info["spec"]["observer"]["observer"] == "even"


def test_every_observer_must_accept():
    both = Every("both", [EVEN, SAME])
    one = Instance("", b"\x02")
    assert EVEN.accepts(one, b"\x04") and not both.accepts(one, b"\x04")
    assert both.protocol()["every"] == [EVEN.protocol(), SAME.protocol()]


def test_what_judges_by_the_public_text_stands_outside_of_what_changes_it():
    notes = Documents("notes", {})
    with pytest.raises(ValueError, match="put Conditioned inside"):
        Conditioned(made(EVEN, 8), notes)
    codec = Fallback(Seeded(Dice(), EVEN, 8), Conditioned(Raw(), notes))
    assert codec.observer is EVEN


def test_a_replay_that_comes_out_otherwise_is_replaced_by_the_backstop(tmp_path):
    same = Family("never", {"it": lambda given, y: len(y)})
    run = measure(Fallback(Seeded(Once(), same, 2), Raw()), Throws(), tmp_path / "once")
    assert all(row.verified and "sent plainly" in row.note for row in run.rows())


class Once(Dice):
    """Right where it is encoded, and wrong where it is replayed."""

    seen: ClassVar[set] = set()

    def run(self, latent, seed, given):
        first = given.text not in Once.seen
        Once.seen.add(given.text)
        return b"1" if first else b"too long"


class InStep(Codec):
    """Reads only in step; of 3 it makes nothing."""

    together = 8

    def encode(self, target, given):
        return Raw().encode(target, given)

    def read(self, reader, given):
        raise AssertionError("a message is read by itself")

    def read_each(self, readers, given):
        found = Raw().read_each(readers, given)
        return [MessageError("lost") if one == b"\x03" else one for one in found]


def test_one_message_that_is_lost_makes_no_plain_ones_of_its_neighbours(tmp_path):
    class Wide(Raw):
        def encode(self, target, given):
            return super().encode(target, given) + Raw().encode(target, given)

        def read(self, reader, given):
            super().read(reader, given)
            return super().read(reader, given)

    run = measure(Fallback(InStep(), Wide()), Throws(), tmp_path / "run")
    noted = [row.note is not None for row in run.rows()]
    assert noted == [k % 6 == 3 for k in range(20)]
    assert all(row.verified for row in run.rows())


def test_what_learns_from_the_text_itself_costs_what_its_example_says():
    assert len(ContextMixing().encode(b"ab" * 50)) == 40
    assert len(build_codec("gzip").encode(b"ab" * 50)) == 200


def test_documents_make_the_answer_cheap_where_they_are_found():
    notes = Documents("notes", {b"Who?": b"It was Ada Lovelace. "})
    codec = Conditioned(ContextMixing(), notes)
    known, unknown = Condition(text=b"Who?"), Condition(text=b"When?")
    assert len(codec.encode(b"Ada Lovelace", known)) + 30 < len(
        codec.encode(b"Ada Lovelace", unknown)
    )
    for given_ in (known, unknown):
        assert codec.decode(codec.encode(b"Ada Lovelace", given_), given_) == b"Ada Lovelace"
    assert codec.shared() == {"notes": 21}
    other = Conditioned(ContextMixing(), Documents("notes", {b"Who?": b"It was Bob."}))
    assert other.protocol() != codec.protocol()
