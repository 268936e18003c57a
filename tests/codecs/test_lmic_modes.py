"""Lockstep, decimal numbers, overlapping windows and prompts."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.codecs.lmic import codec as lmic
from codelength.codecs.lmic.codec import LmicCodec
from codelength.codecs.lmic.decimal import DecimalCoder
from codelength.codecs.lmic.texts import TextCoder
from codelength.codecs.registry import build
from codelength.coding.bits import BitReader
from codelength.coding.messages import fingerprint
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import InputError, MessageError
from codelength.predictors.lm.exact import LOCKSTEP, Reader
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
TEXTS = [
    b"",
    b"the program that generates the sequence is: [1, 2, 3]" * 4,
    bytes(range(256)),
    b"a",
    b"z" * 90,
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("llama")
    tiny_llama.save(made)
    return str(made)


def back(coder, targets, given=None):
    """What a coder's own messages decode to, from one stream, and their bits."""
    given = given or [NOTHING] * len(targets)
    coded = coder.encode(targets, given)
    return coder.decode([BitReader.over(one.bits) for one in coded], given), coded


@pytest.mark.parametrize("exact", ["portable", "lockstep"])
@pytest.mark.parametrize("overlap", [0, 7])
@pytest.mark.parametrize("prompt", [b"", b"list = "])
def test_texts_come_back(folder, exact, overlap, prompt):
    coder = TextCoder(folder, 40, 4, exact, prompt, overlap)
    found, _ = back(coder, TEXTS)
    assert found == TEXTS


@pytest.mark.parametrize("exact", ["portable", "lockstep"])
@given(lists=st.lists(st.binary(max_size=40), min_size=1, max_size=5))
@settings(max_examples=20)
def test_lists_of_numbers_come_back(folder, exact, lists):
    coder = DecimalCoder(folder, 24, 4, exact, b"numbers: ")
    found, coded = back(coder, lists)
    assert found == lists
    for one in coded:
        assert len(one.bits) <= 1.003 * one.ideal_bits + 2 * (1 + len(one.bits) // 24) + 2


def test_a_separator_that_must_come_costs_nothing(folder):
    coder = DecimalCoder(folder, alphabet=8)
    given = Condition(length=40, alphabet=8)
    target = bytes(k * k % 8 for k in range(40))
    found, (coded,) = back(coder, [target], [given])
    assert found == [target]
    import torch

    words, tokens = coder.weights.vocabulary, [coder.weights.vocabulary.escape]
    digits = np.array([words.split(b"%d" % v)[0] for v in range(8)])
    bits = 0.0
    for value in target:
        with torch.inference_mode():
            logits = coder.weights.model(input_ids=torch.tensor([tokens])).logits[0, -1].double()
        bits -= float(logits[digits].log_softmax(-1)[value]) / np.log(2)
        tokens += words.split(b"%d," % value)
    assert coded.ideal_bits == pytest.approx(bits, abs=1e-3)
    assert len(coded.bits) < bits + 2


def test_numbers_of_several_alphabets_share_a_codec(folder):
    codec = LmicCodec(DecimalCoder(folder))
    given = [Condition(5, 8), Condition(5, 256), Condition(None, 8)]
    instances = [Instance("", b"\1\2\7\0\3", one) for one in given]
    ready = codec.prepare(instances)
    bits = [ready.encode(one.target, one.given) for one in instances]
    assert codec.read_many([BitReader.over(one) for one in bits], given) == [b"\1\2\7\0\3"] * 3
    assert len(bits[0]) < len(bits[1])


def test_a_prompt_helps_and_is_not_paid_for(folder):
    text, prompt = b"[1, 2, 3]", b"the program that generates the sequence is: "
    plain, prompted = (TextCoder(folder, prompt=one) for one in (b"", prompt))
    (alone,), (behind,) = (one.encode([text], [NOTHING]) for one in (plain, prompted))
    assert alone.bits != behind.bits
    whole = plain.encode([prompt + text], [NOTHING])[0].ideal_bits
    first = plain.encode([prompt], [NOTHING])[0].ideal_bits
    assert behind.ideal_bits == pytest.approx(whole - first, abs=12)  # lengths, tokens at the seam


def test_an_overlap_gives_a_window_what_stood_before(folder, monkeypatch):
    coder = TextCoder(folder, 40, overlap=7)
    seen = []
    read = Reader.read

    def watched(self, tokens, columns=None):
        seen.append(tokens)
        return read(self, tokens, columns)

    monkeypatch.setattr(Reader, "read", watched)
    text = b"the program that generates [1, 2, 3]" * 6
    tokens = coder.vocabulary.split(text)
    coder.encode([text], [NOTHING])
    flat = np.concatenate([one.ravel() for one in seen]).tolist()
    second = tokens[33:40]  # the last seven of the first window of forty
    assert any(flat[k : k + 7] == second for k in range(40, len(flat)))


def test_lockstep_keeps_the_place_of_what_is_sent_plainly(folder):
    codec = build(f"lmic:model={folder},exact=lockstep,window=40,batch=4")
    rng = np.random.default_rng(0)
    targets = [TEXTS[1], rng.bytes(50), TEXTS[1][3:], b"", rng.bytes(9), TEXTS[1][9:]]
    ready = codec.prepare([Instance("", one) for one in targets])
    bits = [ready.encode(one) for one in targets]
    assert {str(one)[0] for one in bits} == {"0", "1"}
    readers = [BitReader.over(one) for one in bits]
    assert codec.decoder().read_many(readers, [NOTHING] * 6) == targets
    assert not any(reader.left for reader in readers)


def test_equal_targets_in_lockstep_have_one_message_or_none(folder):
    codec = LmicCodec(TextCoder(folder, 40, 4, LOCKSTEP))
    ready = codec.prepare([Instance("", TEXTS[1])] * 3)
    coded = codec.coder.encode([TEXTS[1]] * 3, [NOTHING] * 3)
    same = len({str(one.bits) for one in coded}) == 1
    assert (len(ready._coded) == 1) == same


def test_lockstep_names_the_machine_and_portable_does_not(folder, monkeypatch):
    lock, port = (build(f"lmic:model={folder},exact={one}") for one in ("lockstep", "portable"))
    before = fingerprint(lock.protocol()), fingerprint(port.protocol())
    assert "threads, torch" in lock.needs()
    assert port.needs() == ""
    monkeypatch.setattr(lmic, "surroundings", lambda weights: "cpu another, 9 threads")
    assert fingerprint(lock.protocol()) != before[0]
    assert fingerprint(port.protocol()) == before[1]


def test_settings_by_which_libraries_choose_instructions_are_named(folder, monkeypatch):
    lock = build(f"lmic:model={folder},exact=lockstep")
    before = lock.needs()
    monkeypatch.setenv("MKL_CBWR", "COMPATIBLE")
    assert "MKL_CBWR=COMPATIBLE" in lock.needs() and "MKL_CBWR" not in before


@pytest.mark.parametrize("exact", ["portable", "lockstep"])
def test_a_damaged_message_leaves_those_beside_it_readable(folder, exact):
    codec = build(f"lmic:model={folder},window=40,exact={exact}")
    texts = [b"%d " % k + TEXTS[1] for k in range(6)]
    ready = codec.prepare([Instance("", text) for text in texts])
    messages = [ready.encode(text) for text in texts]
    messages[2] = messages[2][:60]
    read = codec.read_each([BitReader.over(one) for one in messages], [NOTHING] * 6)
    assert isinstance(read.pop(2), MessageError)
    assert read == texts[:2] + texts[3:]


def test_a_target_outside_the_alphabet_is_refused(folder):
    codec = build(f"lmic:model={folder},mode=decimal")
    with pytest.raises(InputError, match="outside 0"):
        codec.prepare([Instance("", b"\1\x09", Condition(2, 8))])


def test_a_run_in_lockstep_verifies(folder, tmp_path):
    from codelength.kt.grid import GridSpec, run_grid
    from codelength.runs.verify import verify_run

    for name in ("exact=lockstep,batch=8", "mode=decimal"):
        spec = GridSpec(("synthetic",), (f"lmic:model={folder},{name}",), (128,), 3, 0)
        (run,) = run_grid(spec, tmp_path / name)
        assert run.sums["verified"] == 3
        assert verify_run(run.folder).messages == 3


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("exact=fast", "exact is one of portable, lockstep"),
        ("mode=bytes", "mode is one of text, decimal, ensemble"),
        ("exact=lockstep,batch=5", "batch divides 64"),
        ("mode=decimal,overlap=3", "in mode=text alone"),
        ("prompt=/nowhere", "cannot read"),
    ],
)
def test_options_that_do_not_go_are_refused(folder, options, said):
    with pytest.raises(InputError, match=said):
        build(f"lmic:model={folder},{options}")


def test_too_long_a_prompt_or_overlap_is_refused(folder):
    coder = TextCoder(folder, 40, prompt=b"x" * 300)
    with pytest.raises(InputError, match="take a larger window"):
        coder.encode([b"abc"], [NOTHING])
    with pytest.raises(InputError, match="take a larger window"):
        replace(coder, prompt=b"", overlap=30).encode([b"abc"], [NOTHING])
