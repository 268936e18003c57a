"""A language model's messages decode, on other threads and other instruction sets too."""

import os
import pickle
import subprocess
import sys

import pytest

from codelength.codecs.combinators import Fallback, Raw, Reverse, Transformed
from codelength.codecs.lmic.codec import LmicCodec
from codelength.codecs.lmic.texts import TextCoder
from codelength.codecs.registry import build
from codelength.coding.bits import BitReader, Bits
from codelength.coding.messages import fingerprint
from codelength.corpora.instances import NOTHING, Condition, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
TEXTS = [
    b"",
    b"a",
    b"the program that generates the sequence is: [1, 2, 3]" * 4,
    bytes(range(256)),
    "déjà vu 😀".encode("utf-16"),
    b"z" * 300,
    b"\xff\xfe\x00\x80",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("llama")
    tiny_llama.save(made)
    return made


@pytest.fixture(scope="module")
def coder(folder):
    return TextCoder(str(folder), window=48, batch=4)


def test_texts_come_back_one_by_one_from_one_stream(coder):
    codec = LmicCodec(coder).prepare([Instance(str(k), text) for k, text in enumerate(TEXTS)])
    stream = Bits()
    for text in TEXTS:
        stream += codec.encode(text)
    reader, decoder = BitReader.over(stream), LmicCodec(coder).decoder()
    assert [decoder.read(reader) for _ in TEXTS] == TEXTS
    assert not reader.left


def test_a_public_length_is_not_sent(coder):
    text = TEXTS[2]
    given = Condition(length=len(text))
    codec = LmicCodec(coder)
    assert codec.decode(codec.encode(text, given), given) == text
    assert len(codec.encode(text, given)) < len(codec.encode(text))
    assert codec.encode(b"", Condition(length=0)) == Bits()


def test_messages_do_not_depend_on_the_batch(folder):
    one, many = (TextCoder(str(folder), window=48, batch=size) for size in (1, 16))
    given = [NOTHING] * len(TEXTS)
    assert [x.bits for x in one.encode(TEXTS, given)] == [x.bits for x in many.encode(TEXTS, given)]


def test_bits_are_what_the_model_says(coder):
    (coded,) = coder.encode([TEXTS[2]], [Condition(length=len(TEXTS[2]))])
    windows = -(-len(coder.vocabulary.split(TEXTS[2])) // 48)
    assert coded.ideal_bits - 1 < len(coded.bits) < 1.003 * coded.ideal_bits + 2 * windows


def test_the_decoder_has_no_messages_and_a_coder_is_small_to_send(coder):
    codec = Fallback(LmicCodec(coder).prepare([Instance("0", b"abc")]), Raw())
    assert codec.primary._coded
    assert not codec.decoder().primary._coded
    assert len(pickle.dumps(codec.decoder())) < 1000


SCRIPT = """
import sys, torch
from codelength.codecs.lmic.texts import TextCoder
from codelength.coding.bits import BitReader, Bits
from codelength.corpora.instances import NOTHING
torch.set_num_threads(int(sys.argv[2]))
coder = TextCoder(sys.argv[1], window=48)
print(repr(coder.decode([BitReader.over(Bits(sys.argv[3]))], [NOTHING])[0]))
"""


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("capability", ["default", "avx2"])
def test_other_threads_and_instruction_sets_read_it(coder, threads, capability):
    (coded,) = coder.encode([TEXTS[2]], [NOTHING])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, coder.source, threads, str(coded.bits)],
        env=os.environ | {"ATEN_CPU_CAPABILITY": capability, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == repr(TEXTS[2]), done.stderr


def test_damage_is_refused_or_another_text(coder):
    codec = LmicCodec(coder)
    bits = codec.encode(TEXTS[2])
    for at in range(0, len(bits), 37):
        flipped = Bits(str(bits)[:at] + str(1 - int(str(bits)[at])) + str(bits)[at + 1 :])
        try:
            assert codec.decode(flipped) != TEXTS[2]
        except MessageError:
            continue
    with pytest.raises(MessageError):
        codec.decode(bits[: len(bits) // 2])


def test_what_does_not_come_back_has_no_message(coder, monkeypatch):
    monkeypatch.setattr(TextCoder, "decode", lambda self, readers, given: [b"?"] * len(readers))
    with pytest.raises(CannotEncode, match="does not decode"):
        LmicCodec(coder).encode(b"abc")


def test_an_unchecked_codec_does_not_decode_and_makes_the_same(coder, monkeypatch):
    for codec in (LmicCodec(coder), Transformed(LmicCodec(coder), Reverse())):
        combined = Fallback(codec, Raw())
        made = combined.prepare([Instance("0", TEXTS[2])]).encode(TEXTS[2])
        with monkeypatch.context() as patch:
            patch.setattr(TextCoder, "decode", None)
            loose = combined.unchecked()
            assert loose.prepare([Instance("0", TEXTS[2])]).encode(TEXTS[2]) == made


def test_a_run_verifies(folder, tmp_path):
    from codelength.kt.grid import GridSpec, run_grid
    from codelength.runs.engine import Engine
    from codelength.runs.verify import verify_run

    spec = GridSpec(("synthetic",), (f"lmic:model={folder}",), (128,), 9, 0)
    with Engine(2) as engine:
        (run,) = run_grid(spec, tmp_path / "run", engine=engine)
    assert run.sums["verified"] == 9
    assert verify_run(run.folder).messages == 9


def test_the_protocol_names_the_weights(folder, tmp_path):
    tiny_llama.save(tmp_path, seed=1)
    one, other = (build(f"lmic:model={path}").protocol() for path in (folder, tmp_path))
    assert fingerprint(one) != fingerprint(other)
    assert fingerprint(build(f"lmic:model={folder},batch=2").protocol()) == fingerprint(one)
    assert fingerprint(build(f"lmic:model={folder},window=9").protocol()) != fingerprint(one)
    with pytest.raises(InputError, match="a model is needed"):
        build("lmic")
