"""Fitted models: what was coded is decoded, nothing is remembered, all machines agree."""

import hashlib
import itertools
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codelength.coding.bits import BitReader, Bits
from codelength.errors import MessageError
from codelength.predictors.primed import densities, logistic, net, shelf
from codelength.predictors.primed.fitting import fit
from codelength.predictors.primed.kinds import KINDS
from codelength.predictors.primed.model import CHUNK, Model

MODELS = {kind: shelf.model(shelf.shipped(kind)) for kind in KINDS}
EXAMPLES = {
    "text": b"In [[1875]] the population of the [[city]] was about 12,000 people, and it was",
    "dna": bytes([0, 2, 1, 3, 3, 0, 2, 2, 1, 7, 6, 5, 4, 4, 6, 5, 7, 7, 7, 4, 4, 6] * 3),
    "audio_16bit": (3000 * np.sin(np.arange(64) / 4)).astype("<i2").tobytes(),
    "audio_8bit": (20 * np.sin(np.arange(128) / 4)).astype(np.int8).tobytes(),
    "audio_mfcc": bytes((np.cumsum([250] + [3, -2, 5, 0, -7] * 20) % 256).astype(np.uint8)),
}


def round_trip(model: Model, data: bytes) -> Bits:
    """Two bits over the ideal at the most, and one for each further bit of the last unit."""
    bits, ideal = model.encode(data)
    reader = BitReader.over(bits + Bits("1011"))
    assert model.decode(reader, len(data)) == data
    assert reader.left == 4
    assert len(bits) < ideal + 1 + model._kind.layout.bits
    return bits


@pytest.mark.parametrize("kind", KINDS)
def test_data_of_its_kind_take_fewer_bits_than_plainly(kind):
    data = EXAMPLES[kind]
    plain = len(data) * (KINDS[kind].alphabet - 1).bit_length()
    assert len(round_trip(MODELS[kind], data)) < 0.75 * plain


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(KINDS)), st.binary(max_size=150))
def test_what_was_coded_is_decoded(kind, data):
    alphabet = KINDS[kind].alphabet
    round_trip(MODELS[kind], bytes(one % alphabet for one in data))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [0, 1, 2, 3, CHUNK - 1, CHUNK + 3])
def test_any_length_is_decoded(kind, size):
    drawn = np.random.default_rng(size)
    data = drawn.integers(0, min(8, KINDS[kind].alphabet), size).astype(np.uint8)
    round_trip(MODELS[kind], data.tobytes())


@pytest.mark.parametrize("kind", KINDS)
def test_an_item_leaves_nothing_behind(kind):
    model = MODELS[kind]
    before = round_trip(model, EXAMPLES[kind])
    drawn = np.random.default_rng(0)
    for size in (200, CHUNK + 10):
        model.encode(drawn.integers(0, KINDS[kind].alphabet, size).astype(np.uint8).tobytes())
    with pytest.raises(MessageError):
        model.decode(BitReader.over(Bits("01")), 500)
    assert round_trip(model, EXAMPLES[kind]) == before


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_message_is_refused_or_gives_something_else(kind):
    bits, _ = MODELS[kind].encode(EXAMPLES[kind])
    length, text = len(EXAMPLES[kind]), str(bits)
    for at in range(0, len(text), 7):
        wrong = text[:at] + ("1" if text[at] == "0" else "0") + text[at + 1 :]
        try:
            found = MODELS[kind].decode(BitReader.over(Bits(wrong)), length)
        except MessageError:
            continue
        assert found != EXAMPLES[kind]
    with pytest.raises(MessageError):
        MODELS[kind].decode(BitReader.over(Bits(text[: len(text) // 2])), length)


def test_chances_of_all_items_sum_to_one():
    """Of one length; the last unit's chances are made otherwise than those before it."""
    for kind, length in (("dna", 1), ("dna", 3), ("text", 1), ("audio_8bit", 1)):
        alphabet = KINDS[kind].alphabet
        items = [bytes(one) for one in itertools.product(range(alphabet), repeat=length)]
        ideals = np.array([MODELS[kind].encode(item)[1] for item in items])
        assert abs(np.exp2(-ideals).sum() - 1) < 1e-9


def test_messages_of_all_items_are_no_start_of_another():
    """And what they leave of all messages is little: each item's has about as many bits as due."""
    for kind, length in (("dna", 3), ("text", 1), ("audio_mfcc", 1)):
        alphabet = KINDS[kind].alphabet
        items = [bytes(one) for one in itertools.product(range(alphabet), repeat=length)]
        texts = sorted(str(MODELS[kind].encode(item)[0]) for item in items)
        assert not any(two.startswith(one) for one, two in itertools.pairwise(texts))
        assert 0.9 < sum(2.0 ** -len(one) for one in texts) <= 1


def test_messages_end_within_half_a_bit_on_the_average():
    drawn, over = np.random.default_rng(3), []
    for kind in KINDS:
        data = EXAMPLES[kind]
        for size in drawn.integers(1, len(data) // 2, 40):
            bits, ideal = MODELS[kind].encode(data[: 2 * int(size)])
            over.append(len(bits) - ideal)
    assert np.mean(over) < 0.5


SCRIPT = """
import hashlib, sys
from codelength.predictors.primed import shelf
from codelength.coding.bits import BitReader, Bits
from pathlib import Path
for line in sys.stdin:
    kind, text, bits = line.split()
    data = bytes.fromhex(text)
    file = Path(kind)
    model = shelf.model(shelf.read(file) if file.is_file() else shelf.shipped(kind))
    assert model.decode(BitReader.over(Bits(bits)), len(data)) == data
    assert str(model.encode(data)[0]) == bits
print("the same")
"""


@pytest.mark.parametrize("changed", [{"NUMBA_DISABLE_JIT": "1"}, {"NUMBA_NUM_THREADS": "1"}])
def test_without_the_compiler_and_with_other_threads_the_bits_are_the_same(changed, tmp_path):
    lines = []
    for kind in ("text", "dna"):  # data that are kept whole
        data = EXAMPLES[kind][:16]
        made = fit(kind, [EXAMPLES[kind] * 20], None, {}, say=lambda text: None)
        (tmp_path / kind).write_bytes(made.file)
        lines.append(f"{tmp_path / kind} {data.hex()} {Model(made).encode(data)[0]}")
    for kind in KINDS:
        data = EXAMPLES[kind][:16]
        lines.append(f"{kind} {data.hex()} {MODELS[kind].encode(data)[0]}")
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        input="\n".join(lines),
        env=os.environ | changed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "the same\n", done.stderr


def test_the_curves_are_the_same_on_every_machine():
    """They come of exp and log: should a machine round one entry otherwise, it must be known."""
    tables = (
        logistic.SQUASH,
        logistic.STRETCH,
        densities.CURVE,
        densities.LOGS,
        densities.POWERS,
        net.SIGMOID,
        net.TANH,
    )
    digest = hashlib.sha256(b"".join(one.astype("<i8").tobytes() for one in tables)).hexdigest()
    assert digest[:16] == "69a0026cbdb92a32"


def test_messages_stay_as_they_are():
    """Another context or constant is another `VERSION`, another ending a name in the protocol."""
    long = b"one line\n" + b"a line of many words, and then some more; " * 20
    items = [*EXAMPLES.items(), ("text", long), ("text", bytes([200]) * 400)]
    text = " ".join(str(MODELS[kind].encode(item)[0]) for kind, item in items)
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "e6e5cc7134688616"
