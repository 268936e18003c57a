import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from codelength.codecs.registry import build_codec
from codelength.dsl.pairs import sample
from codelength.dsl.priors import PaperPrior
from codelength.dsl.program import Program
from codelength.errors import InputError
from codelength.synthesis.seqcoder import tokens
from codelength.synthesis.seqcoder.hybrid import improved, mended
from codelength.synthesis.seqcoder.judging import judged
from codelength.synthesis.seqcoder.stream import Mix, Stream, held_out_pairs
from codelength.synthesis.seqcoder.tokens import NO_RESULTS

torch = pytest.importorskip("torch")
pytest.importorskip("accelerate")

from codelength.synthesis.seqcoder.decoding import Manner, decode  # noqa: E402
from codelength.synthesis.seqcoder.feedback import Results  # noqa: E402
from codelength.synthesis.seqcoder.keeping import begin  # noqa: E402
from codelength.synthesis.seqcoder.model import Checkpoint, load, new_model, save  # noqa: E402
from codelength.synthesis.seqcoder.noise import Noise  # noqa: E402
from codelength.synthesis.seqcoder.reinforcement import Bout, allowed, reinforce  # noqa: E402
from codelength.synthesis.seqcoder.training import Plan, train  # noqa: E402


def written(words: np.ndarray, target: bytes) -> np.ndarray:
    row = np.zeros(len(target) + 4 * len(words) + 16, np.int16)
    prompt = tokens.prompt(target)
    row[: len(prompt)] = prompt
    return row[: tokens.write_program(words, 0, row, len(prompt), NO_RESULTS, NO_RESULTS, 0)]


@pytest.fixture(scope="module")
def untrained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("untrained")
    save(new_model("micro"), folder, {})
    return folder


@pytest.fixture(scope="module")
def pairs() -> list:
    return sample(91, 200)


def test_programs_survive_tokens_and_obey_the_grammar(pairs: list) -> None:
    for one in pairs:
        row = written(one.words, one.sequence)
        start = len(one.sequence) + 2
        assert np.array_equal(tokens.program_of(row[start:]), one.words)
        state, line = int(tokens.State.FIRST_LINE), 0
        for token in row[start:].tolist():
            assert tokens.RULES[state, token]
            if token >= tokens.FIRST_REFERENCE:
                assert token - tokens.FIRST_REFERENCE < line
            after = int(tokens.NEXT[state, token])
            line += after == tokens.State.LINE and state != tokens.State.LINE
            state = after
        assert state == tokens.State.DONE


def test_each_token_has_a_name_of_its_own() -> None:
    assert len({tokens.name(token) for token in range(tokens.SIZE)}) == tokens.SIZE


def test_batches_hold_right_programs_and_no_held_out_target() -> None:
    kept = {one.sequence for one in held_out_pairs()}
    batches = Stream(Mix(seed=3, lines=6), 2048).batches()
    for _ in range(5):
        batch = next(batches)
        assert batch.tokens.size <= 2048
        for row, prompt, length in zip(*map(np.ndarray.tolist, vars(batch).values()), strict=True):
            target = bytes(value - tokens.FIRST_VALUE for value in row[1 : prompt - 1])
            words = tokens.program_of(np.array(row[prompt:length]))
            assert words is not None
            assert Program(words).run().as_bytes() == target
            assert target not in kept
            assert Program(words).lines <= 6


def test_a_batch_depends_on_its_number_alone() -> None:
    whole = Stream(Mix(seed=3), 1 << 14).batches()
    fifth = [next(whole) for _ in range(6)][5]
    alone = next(Stream(Mix(seed=3), 1 << 14).batches(5))
    assert np.array_equal(fifth.tokens, alone.tokens)


def test_workers_draw_the_same_batches() -> None:
    stream = Stream(Mix(seed=3, lines=4, easy=0.5), 1 << 15)
    one, other = next(stream.batches()), next(stream.batches(0, workers=1))
    assert np.array_equal(one.tokens, other.tokens)


def test_curriculum_grows_to_no_limit() -> None:
    stream = Stream(Mix(seed=3, lines=4, grow=10))
    limits = [stream.limit(number) for number in range(11)]
    assert limits == sorted(limits)
    assert (limits[0], limits[-1] > 1000) == (4, True)


def test_windows_are_listed(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_bytes(bytes(range(256)) * 4)
    rows = Stream(Mix(seed=3, windows=str(data))).listed(5, np.random.default_rng(0))
    for row, prompt in zip(np.split(rows.tokens, rows.ends[:-1]), rows.prompts, strict=True):
        words = tokens.program_of(row[prompt:])
        assert words is not None
        assert np.array_equal(Program(words).run().output + tokens.FIRST_VALUE, row[1 : prompt - 1])


def test_the_held_out_seed_is_refused() -> None:
    with pytest.raises(InputError, match="held-out"):
        Stream(Mix(seed=0))


def test_a_set_of_pairs_obeys_the_limits_and_comes_again() -> None:
    stream = Stream(Mix(seed=3, pairs=300, lines=3), 1 << 12)
    rows = stream.pool(0)
    assert 0 < len(rows) < 300
    assert np.array_equal(rows.tokens, stream.pool(1).tokens)
    with pytest.raises(InputError, match="drop one"):
        Stream(Mix(seed=3, pairs=300, lines=3, grow=4))
    with pytest.raises(InputError, match="no pair is left"):
        Stream(Mix(seed=3, lines=1)).pool(0)


def test_the_network_is_llama() -> None:
    from transformers import LlamaForCausalLM

    model = new_model("micro")
    other = LlamaForCausalLM(model.config)
    other.load_state_dict(model.state_dict(), strict=False)
    other.tie_weights()
    ids = torch.randint(8, 200, (3, 20))
    with torch.no_grad():
        ours, theirs = model(ids), other(input_ids=ids).logits
        training = model.train()(ids)
    assert torch.allclose(ours, theirs, atol=1e-5)
    assert torch.allclose(ours, training, atol=1e-5)


def test_a_checkpoint_comes_back_and_an_altered_one_does_not(
    untrained: Path, tmp_path: Path
) -> None:
    found = load(untrained, "cpu")
    save(found.model, tmp_path, {}, eight_bits=True)
    small = load(tmp_path, "cpu")
    ids = torch.arange(8, 40)[None]
    with torch.no_grad():
        assert (found.model(ids) - small.model(ids)).abs().max() < 0.1
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x55")
    with pytest.raises(InputError, match="altered"):
        load(tmp_path)


@pytest.mark.parametrize(
    "manner",
    [
        Manner(rows=8),
        Manner(draws=3, temperature=1.0, rows=12, longest=100),
        Manner(draws=3, beams=True, rows=12, longest=100),
    ],
)
def test_log_probabilities_are_those_of_the_whole_row(
    untrained: Path, pairs: list, manner: Manner
) -> None:
    found = load(untrained if manner.draws > 1 else Path("small"), "cpu")
    targets = sorted((one.sequence for one in pairs), key=len)[:6]
    finished = 0
    for target, all_of in zip(targets, decode(found, targets, manner), strict=True):
        for one in all_of:
            if one.words is None:
                continue
            finished += 1
            row, start = written(one.words, target), len(target) + 2
            rules = torch.from_numpy(allowed([row], [start], len(row)))[:, 1:]
            ids = torch.from_numpy(row.astype(np.int64))[None]
            with torch.no_grad():
                logits = found.model(ids)[:, :-1].masked_fill(~rules, float("-inf"))
            each = logits.log_softmax(-1)[0].gather(1, ids[0, 1:, None])[start - 1 :]
            assert abs(float(each.sum()) - one.log_probability) < 1e-2
    assert finished


def test_a_draw_is_the_same_whatever_stands_beside_it(untrained: Path, pairs: list) -> None:
    found, target = load(untrained, "cpu"), pairs[0].sequence
    others = [one.sequence for one in pairs[1:5]]

    def drawn(targets: list, draws: int, rows: int) -> list:
        manner = Manner(draws, 1.0, rows=rows, seed=3, longest=160)
        written = decode(found, targets, manner)[targets.index(target)]
        return [None if one.words is None else one.words.tolist() for one in written]

    alone = drawn([target], 6, 64)
    assert sum(one is not None for one in alone) > 1
    assert drawn([*others, target], 6, 16) == drawn([target], 9, 4)[:6] == alone


def test_noise_is_gumbels() -> None:
    noise = Noise(1, [b"a", b"b"], range(500), "cpu").at(2, torch.arange(1000))
    assert noise.shape == (1000, tokens.SIZE)
    assert abs(float(noise.mean()) - 0.5772) < 0.01
    assert abs(float(noise.var()) - np.pi**2 / 6) < 0.02
    winners = (noise[:, :3] + torch.tensor([0.5, 0.3, 0.2]).log()).argmax(1)
    assert np.allclose(np.bincount(winners, minlength=3) / 1000, [0.5, 0.3, 0.2], atol=0.06)


def test_more_beams_than_first_tokens_write_lawful_programs(untrained: Path) -> None:
    found = load(untrained, "cpu")
    for length in (1, 2, 40):
        manner = Manner(draws=40, beams=True, rows=40, longest=length)
        for one in decode(found, [b"abc"], manner)[0]:
            assert one.words is None or one.log_probability > -np.inf
            if one.words is not None:
                assert Program.parse(str(Program(one.words))) == Program(one.words)


def test_verdicts_are_those_of_the_interpreter(pairs: list) -> None:
    other = [*pairs[1:], pairs[0]]
    programs = [one.words for one in pairs] + [one.words for one in other] + [None]
    targets = [one.sequence for one in pairs] * 2 + [b"x"]
    found = judged(programs, targets)
    assert found.right[: len(pairs)].all()
    assert np.allclose(found.paper[: len(pairs)], [one.paper_bits for one in pairs])
    assert np.allclose(found.exact[: len(pairs)], [one.exact_bits for one in pairs])
    for k, (one, two) in enumerate(zip(pairs, other, strict=True)):
        length = int(found.prefix[len(pairs) + k])
        assert one.sequence[:length] == two.sequence[:length]
        assert one.sequence[length : length + 1] != two.sequence[length : length + 1]
    assert not found.ran[-1]


def test_near_misses_are_mended(pairs: list) -> None:
    for one in pairs[:20]:
        for cut in (1, len(one.sequence) - 1, len(one.sequence)):
            wanted = one.sequence[:cut] + b"\x07" * (len(one.sequence) - cut)
            assert mended(one.words, wanted, min(cut, 256)).run().as_bytes() == wanted
    one = pairs[0]
    wanted = one.sequence + b"\x07"
    prefix = np.array([len(one.sequence)])
    found = improved(PaperPrior(), wanted, [one.words], prefix, [])
    assert found
    assert all(program.run().as_bytes() == wanted for program in found)


def curve(folder: Path) -> list[dict[str, float]]:
    rows = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    return [{key: row[key] for key in ("step", "loss", "program", "right")} for row in rows]


SCRIPT = """
import sys
from pathlib import Path
from codelength.synthesis.seqcoder.tokens import NO_RESULTS
from codelength.synthesis.seqcoder.stream import Mix
from codelength.synthesis.seqcoder.training import Plan, train
plan = Plan(preset="micro", mix=Mix(seed=3, lines=4), steps=60, budget=1024, every=7, shown=5)
train(plan, Path(sys.argv[1]), lambda text: print(text, flush=True))
"""


def test_a_killed_training_goes_on_with_the_same_curve(tmp_path: Path) -> None:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", SCRIPT]
    subprocess.run([*command, tmp_path / "whole"], check=True, env=environment)
    running = subprocess.Popen([*command, tmp_path / "killed"], env=environment)
    state = tmp_path / "killed" / "state.pt"
    while not state.exists() and running.poll() is None:
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    subprocess.run([*command, tmp_path / "killed"], check=True, env=environment)
    assert curve(tmp_path / "killed") == curve(tmp_path / "whole")
    weights = [(tmp_path / one / "model.safetensors").read_bytes() for one in ("killed", "whole")]
    assert weights[0] == weights[1]


def test_training_learns_and_reinforcement_runs(tmp_path: Path) -> None:
    plan = Plan(preset="micro", mix=Mix(seed=3, lines=3), steps=40, budget=2048, shown=20)
    done = train(plan, tmp_path / "one", lambda _: None)
    first, last = curve(tmp_path / "one")
    assert last["program"] < first["program"]
    with pytest.raises(InputError, match=r"another plan \(.*steps: 40 there, 3 asked"):
        train(Plan(preset="micro", steps=3), tmp_path / "one", lambda _: None)
    bout = Bout(str(tmp_path / "one"), Mix(seed=4, lines=3), steps=1, targets=4, draws=4)
    told = reinforce(bout, tmp_path / "two", lambda _: None)
    assert told["start"] == done["sha256"]
    assert load(tmp_path / "two", "cpu").about["steps"] == 1


def test_the_codec_falls_back_where_the_model_knows_nothing(untrained: Path, pairs: list) -> None:
    target = pairs[0].sequence
    plain = build_codec(f"seqcoder:checkpoint={untrained},k=2")
    assert plain.decode(plain.encode(target)) == target
    mixed = build_codec(f"seqcoder:checkpoint={untrained},k=2,hybrid=solver")
    bits = mixed.encode(target)
    assert mixed.decoder().decode(bits) == target
    assert len(bits) == len(build_codec("solver").encode(target))


def test_the_shipped_checkpoint_solves_a_short_item() -> None:
    target = bytes([7] * 9 + [40, 41, 42, 43, 44, 45])
    codec = build_codec("seqcoder:k=4")
    message = codec.message(target)
    assert message.proposal is not None
    assert message.proposal.correct
    assert codec.decoder().decode(message.bits) == target


def test_a_missing_checkpoint_is_a_line() -> None:
    with pytest.raises(InputError, match="no SeqCoder checkpoint; with the package come: small"):
        build_codec("seqcoder:checkpoint=/nowhere").open()


def test_a_training_that_has_not_ended_is_no_checkpoint_yet(tmp_path: Path) -> None:
    begin(tmp_path, {"steps": 3})
    with pytest.raises(InputError, match="has not ended"):
        load(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        begin(tmp_path / "file", {})


def test_rows_with_feedback_show_each_lines_result_and_obey_the_grammar() -> None:
    batches = Stream(Mix(seed=3, lines=6, feedback=9), 4096).batches()
    for _ in range(5):
        batch = next(batches)
        for row, start, stop in zip(batch.tokens, batch.prompts, batch.lengths, strict=True):
            target = bytes((row[1 : start - 1] - tokens.FIRST_VALUE).tolist())
            words = tokens.program_of(row[start:stop])
            assert words is not None and judged([words], [target]).right[0]
            state = int(tokens.State.FIRST_LINE)
            for token in row[start:stop].tolist():
                assert tokens.RULES_SHOWN[state, token]
                state = int(tokens.NEXT_SHOWN[state, token])
            assert state == tokens.State.DONE
            last = np.flatnonzero(row == tokens.RESULT)[-1]
            end = last + np.flatnonzero(row[last:] == tokens.END_RESULT)[0]
            if words[-1] == Program(words).lines - 2:  # the last line's result is the output
                told = row[last + 1 : end] - tokens.FIRST_VALUE
                assert bytes(told.tolist()) == target[:9]


def test_the_interpreter_tells_a_decoder_what_training_showed() -> None:
    batch = next(Stream(Mix(seed=3, lines=6, feedback=9), 4096).batches())
    results = Results(1, 9)
    for row, start in zip(batch.tokens, batch.prompts, strict=True):
        for place in np.flatnonzero(row == tokens.RESULT):
            end = place + np.flatnonzero(row[place:] == tokens.END_RESULT)[0] + 1
            assert results.result(row[start:place]) == row[place:end].tolist()


@pytest.mark.parametrize("told", [True, False])
def test_a_model_with_feedback_writes_programs(told: bool, untrained: Path, pairs: list) -> None:
    found = load(untrained, "cpu")
    model = Checkpoint(found.model, {"plan": {"mix": {"feedback": 5}}}, "", "cpu")
    targets = [one.sequence for one in pairs[:3]]
    written = decode(model, targets, Manner(40, 1.0, seed=5, told=told))
    programs = [one.words for all_of in written for one in all_of if one.words is not None]
    assert programs
    for words in programs:
        Program(words)
    if told:  # lines that fail end a program: what is left runs
        assert judged(programs, [b"x"] * len(programs)).ran.all()
    with pytest.raises(InputError, match="beams"):
        decode(model, targets, Manner(2, beams=True))


def test_two_processes_train_one_model(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2", "-m"]
    command += ["codelength", "seqcoder", "train", "--out", str(tmp_path / "both")]
    command += ["--preset", "micro", "--lines", "3", "--steps", "4", "--budget", "512"]
    told = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, env=told, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("parameters") == 1
    plan = Plan(preset="micro", mix=Mix(seed=1, lines=3), steps=4, budget=512, every=200)
    alone = train(plan, tmp_path / "alone", lambda _: None)
    both = load(tmp_path / "both", "cpu").about
    assert both["plan"] == alone["plan"]
    assert both["loss"]["step"] == 4 and both["sha256"] != alone["sha256"]
