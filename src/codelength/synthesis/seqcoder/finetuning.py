"""Fine-tuning of any causal language model of transformers on the text form, whole or by LoRA.

Example: finetune(Tuning("smollm2-135m", steps=100, rank=16), Path("runs/lora")).

TRL's `SFTTrainer` does the work; rows come to it as tokens, made as the model will be asked. Pairs
are new ones, whose sequences are none of the held-out items'; the loss is that of the program.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from codelength.coding.atomic import write_atomic
from codelength.dsl.pairs import Pair, sample
from codelength.errors import InputError, MissingExtra
from codelength.predictors.lm.adapters import adapted, split
from codelength.synthesis.prompted.local_model import text_of
from codelength.synthesis.seqcoder.keeping import begin
from codelength.synthesis.seqcoder.stream import TEST_SEED, held_out_pairs
from codelength.synthesis.seqcoder.writers import asked, told

TUNED = "tuning.json"
"""What a finished tuning left; it has the seed, steps and hardware."""


@dataclass(frozen=True)
class Tuning:
    """How a model is fine-tuned.

    Arguments:
        source: the model, as `transformers/` names it.
        steps: of the optimiser; `batch`: pairs of each.
        lines: programs of at most so many lines; 0: all.
        longest: tokens of a row, at most; longer pairs are left out.
        rate: the highest learning rate; it falls to nothing.
        rank: of a LoRA adapter; 0 tunes all weights.
        every: steps between checkpoints.
    """

    source: str
    steps: int = 1000
    batch: int = 8
    lines: int = 0
    longest: int = 1024
    rate: float = 2e-4
    rank: int = 0
    seed: int = 1
    every: int = 100


def drawn(tuning: Tuning) -> Iterator[Pair]:
    """New pairs within the limit of lines, without end."""
    kept = frozenset(one.sequence for one in held_out_pairs())
    there: set[bytes] = set()
    count = max(1000, 4 * tuning.steps * tuning.batch)
    while True:
        found = 0
        for one in sample(tuning.seed, count, kept):
            if one.sequence not in there and not 0 < tuning.lines < one.program.lines:
                found += 1
                yield one
            there.add(one.sequence)
        if not found:
            raise InputError(f"no pair has at most {tuning.lines} lines; programs have 2 at least")
        count *= 2


def tokenized(tuning: Tuning, tokenizer: Any) -> Iterator[dict[str, list[int]]]:
    """Rows of tokens: what the model is asked, and the program with the end of an answer."""
    plain = not tokenizer.chat_template  # as `prompted.local_model` asks
    for pair in drawn(tuning):
        given = tokenizer(text_of(asked(pair.sequence), tokenizer), add_special_tokens=plain)
        answer = tokenizer(told(pair.program), add_special_tokens=False)["input_ids"]
        answer = [*answer, tokenizer.eos_token_id]
        ids = given["input_ids"]
        if len(ids) + len(answer) <= tuning.longest:
            yield {
                "input_ids": [*ids, *answer],
                "completion_mask": [0] * len(ids) + [1] * len(answer),
            }


def finetune(tuning: Tuning, out: Path, say: Callable[[str], None] = print) -> dict[str, Any]:
    """Fine-tune, or go on from the last checkpoint in `out`; returns what is known.

    The model (or its adapter) and the tokenizer lie in `out` afterwards.

    Raises:
        MissingExtra: TRL, peft or datasets are not installed.
        InputError: `out` holds another tuning, or the seed is the held-out items'.
    """
    try:
        from datasets import Dataset
        from peft import LoraConfig
        from trl.trainer.sft_config import SFTConfig
        from trl.trainer.sft_trainer import SFTTrainer
    except ImportError as error:
        raise MissingExtra(
            "fine-tuning needs TRL, peft and datasets: pip install 'codelength[lm,train]'"
        ) from error
    import torch

    if tuning.seed == TEST_SEED:
        raise InputError(f"seed {TEST_SEED} is the held-out items' own; take another")
    base, adapter = split(tuning.source)
    if adapter:
        raise InputError("fine-tune the model itself, not one with an adapter")
    weights = adapted(base, "")
    begin(out, asdict(tuning) | {"source_sha256": weights.sha256})
    if (out / TUNED).exists():  # the last file that is written
        found: dict[str, Any] = json.loads((out / TUNED).read_text())
        return found
    tokenizer, cuda = weights.tokenizer, torch.cuda.is_available()
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    rows = tokenized(tuning, tokenizer)
    data = Dataset.from_list([next(rows) for _ in range(tuning.steps * tuning.batch)])
    say(f"{len(data):,} pairs, {sum(map(len, data['input_ids'])):,} tokens")
    rank = tuning.rank
    adapter_of = LoraConfig(
        r=tuning.rank,
        lora_alpha=2 * tuning.rank,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    settings = SFTConfig(
        output_dir=str(out / "checkpoints"),
        max_steps=tuning.steps,
        per_device_train_batch_size=tuning.batch,
        learning_rate=tuning.rate,
        lr_scheduler_type="cosine",
        warmup_steps=min(50, tuning.steps // 10),
        max_length=tuning.longest,
        completion_only_loss=True,
        packing=False,
        bf16=cuda,
        use_cpu=not cuda,
        seed=tuning.seed,
        data_seed=tuning.seed,
        logging_steps=10,
        save_steps=tuning.every,
        save_total_limit=2,
        report_to=[],
    )
    trainer = SFTTrainer(
        model=weights.model,
        args=settings,
        train_dataset=data,
        processing_class=tokenizer,
        peft_config=adapter_of if rank else None,
    )
    again = any((out / "checkpoints").glob("checkpoint-*"))
    done = trainer.train(resume_from_checkpoint=again)
    trainer.save_model(str(out))
    tokenizer.save_pretrained(str(out))
    known = {
        "tuning": asdict(tuning),
        "loss": done.training_loss,
        "tokens": sum(map(len, data["input_ids"])),
        "seconds": round(done.metrics["train_runtime"], 1),
        "device": torch.cuda.get_device_name() if cuda else "CPU",
        "torch": torch.__version__,
        "curve": [row for row in trainer.state.log_history if "loss" in row],
    }
    write_atomic(out / TUNED, (json.dumps(known, indent=1) + "\n").encode())
    return known
