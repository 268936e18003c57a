import json

import pytest

from codelength.roundtrip.answers import ANSWERED, answer_in
from codelength.roundtrip.data import Wanted, generate
from codelength.roundtrip.narration import narrate
from codelength.roundtrip.prompts import EXAMPLES, Manner, answer
from codelength.roundtrip.records import Origin, record, split_of
from codelength.roundtrip.scoring import judge
from codelength.roundtrip.settings import SETTINGS, setting
from codelength.roundtrip.training import (
    TRAINED,
    Filter,
    Told,
    dataset_info,
    row,
    rows,
    told,
    traced,
    write,
)
from codelength.roundtrip.translation import checked
from codelength.synthesis.prompted.generation import FAILED, LENGTH, Generation
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

FOUR = ("lzw", "ae", "rle", "huffman")
RECORDS = [one for one in generate(Wanted(FOUR, count=20)) if len(one.input) < 40]


def runs(one, blind=False):
    return {function: told(one, function, blind) for function in ("encoder", "decoder")}


def made(kept, blind=False, some=RECORDS):
    for one in some:
        mine = runs(one, blind) if one.split in TRAINED else {}
        yield from rows(one, mine, [*SETTINGS.values()], Manner(blind), kept)


@pytest.mark.parametrize("blind", [False, True])
def test_every_row_ends_with_the_gold_answer(blind):
    by_id = {one.id: one for one in RECORDS}
    found = list(made(Filter(), blind))
    assert len(found) > 50
    for one in found:
        record, how = by_id[one.about["id"]], setting(one.about["setting"])
        assert one.completion.startswith("<think>\n")
        assert one.completion.endswith("</think>\n\n" + answer(record, how, None))
        assert judge(record, how, one.completion).correct


def test_rows_have_the_one_key_that_trainers_expect():
    for one in made(Filter()):
        row = one.messages()
        assert list(row) == ["messages"]
        assert [turn["role"] for turn in row["messages"]] == ["system", "user", "assistant"]
        assert all(set(turn) == {"role", "content"} for turn in row["messages"])
        pair = one.pair()
        assert [*pair["prompt"], *pair["completion"]] == row["messages"]


def test_inputs_of_the_test_split_are_never_trained_on():
    kept = Filter()
    inputs = {one.id: one for one in RECORDS}
    used = {inputs[one.about["id"]].input for one in made(kept)}
    held = {one.input for one in RECORDS if one.split == "test"}
    assert held and not used & held
    assert kept.counts()["the input is in the test split"] == 4 * sum(
        one.split == "test" for one in RECORDS
    )


def test_what_is_left_out_is_counted_by_reason():
    one = next(one for one in RECORDS if one.split == "train")
    kept = Filter(most=10)
    assert list(rows(one, runs(one), [setting("0")], Manner(), kept)) == []
    assert kept.counts() == {"longer than 10 characters": 1}
    wrong = Told(one.id, "encoder", False, "", "", "", "what is returned is not the gold answer")
    kept = Filter()
    assert list(rows(one, {"encoder": wrong}, [setting("0")], Manner(), kept)) == []
    assert kept.counts() == {"what is returned is not the gold answer": 1}


def test_an_input_with_a_mark_of_thinking_is_left_out():
    texts = (f"x</think>{k}" for k in range(99))
    one = next(one for one in (record("rle", "full", Origin("a", "b", 1), text) for text in texts)
               if one.split == "train")  # fmt: skip
    kept = Filter()
    assert list(rows(one, runs(one), [*SETTINGS.values()], Manner(), kept)) == []
    assert kept.counts() == {"the input holds a mark of thinking": 4}


def test_worked_examples_are_of_the_train_split():
    assert {split_of(text) for text in EXAMPLES} == {"train"}


def test_a_gold_answer_that_the_code_does_not_return_is_left_out():
    one = record("rle", "full", Origin("a", "b", 1), "aab")
    object.__setattr__(one, "output", [["a", 1], ["a", 1], ["b", 1]])
    assert told(one, "encoder", False).fault == "what is returned is not the gold answer"


def test_an_inverted_row_runs_the_function_that_is_not_shown():
    one = record("lzw", "full", Origin("a", "b", 1), "abab")
    for blind in (False, True):
        run = runs(one, blind)["encoder"]
        text = row(one, setting("2"), Manner(blind), run).completion
        assert run.source in text
        assert "goes the other way" in text
        assert ("lzw" in text) != blind


def test_a_translation_is_kept_only_where_each_value_is_the_traces():
    one = record("rle", "full", Origin("a", "b", 1), "aaab")
    run = traced(one, "encoder", False)
    whole = narrate(run)
    good = 'The text "aaab" begins with a run of "a".\nIt returns [["a", 3], ["b", 1]].'
    assert checked(Generation(f"<think>hm 77</think>{good}"), run).words == good
    assert checked(Generation(whole), run).words == whole.strip()
    bad = good.replace('"aaab"', '"aaac"')
    assert "aaac" in checked(Generation(bad), run).fault
    assert checked(Generation(good, LENGTH), run).fault == "cut off"
    assert checked(Generation("", FAILED), run).fault == "the call failed"
    assert checked(Generation("<think>only</think>"), run).fault == "no words"


def test_rows_load_in_datasets_and_trl_as_they_are(tmp_path):
    datasets = pytest.importorskip("datasets")
    trl = pytest.importorskip("trl")
    counts = write(made(Filter()), tmp_path / "sft")
    assert counts["train.jsonl"] == counts["train.prompt-completion.jsonl"]
    for name in ("train", "train.prompt-completion"):
        found = datasets.load_dataset(
            "json", data_files=str(tmp_path / "sft" / f"{name}.jsonl"), split="train",
            cache_dir=str(tmp_path / "cache"),
        )  # fmt: skip
        assert len(found) == counts[f"{name}.jsonl"]
        assert trl.is_conversational(found[0])
        last = (found[0]["messages"] if name == "train" else found[0]["completion"])[-1]
        assert answer_in(last["content"]).status == ANSWERED


@LANGUAGE_MODELS
@pytest.mark.filterwarnings("ignore::FutureWarning")  # names of transformers' that TRL still uses
@pytest.mark.parametrize("name", ["train.jsonl", "train.prompt-completion.jsonl"])
def test_trl_takes_a_step_on_the_rows(tmp_path, name):
    datasets = pytest.importorskip("datasets")
    trl = pytest.importorskip("trl")
    write(made(Filter(), some=RECORDS[:20]), tmp_path / "sft")
    tiny_llama.save(tmp_path / "model")
    rows = datasets.load_dataset("json", data_files=str(tmp_path / "sft" / name), split="train",
                                 cache_dir=str(tmp_path / "cache")).select(range(2))  # fmt: skip
    settings = trl.SFTConfig(output_dir=str(tmp_path / "out"), max_steps=1, max_length=4096,
                             report_to=[], use_cpu=True, bf16=False, save_strategy="no",
                             disable_tqdm=True)  # fmt: skip
    trainer = trl.SFTTrainer(str(tmp_path / "model"), args=settings, train_dataset=rows)
    assert 0 < trainer.train().training_loss < 20


def test_llama_factory_finds_every_file_and_tag(tmp_path):
    counts = write(made(Filter()), tmp_path)
    info = json.loads((tmp_path / "dataset_info.json").read_text())
    assert info == dataset_info(list(counts))
    for entry in info.values():
        assert (tmp_path / entry["file_name"]).is_file()
        assert entry["formatting"] == "sharegpt" and entry["columns"] == {"messages": "messages"}
        row = json.loads((tmp_path / entry["file_name"]).read_text().splitlines()[0])
        roles = {turn[entry["tags"]["role_tag"]] for turn in row["messages"]}
        tags = ("system_tag", "user_tag", "assistant_tag")
        assert roles == {entry["tags"][tag] for tag in tags}
        assert all(entry["tags"]["content_tag"] in turn for turn in row["messages"])
