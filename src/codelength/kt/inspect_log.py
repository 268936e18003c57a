"""A log of `inspect eval codelength/kt` as a run: its answers judged, priced and decoded."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codelength.codecs.combinators import Fallback, Raw
from codelength.codecs.registry import build_codec
from codelength.corpora.instances import Corpus
from codelength.corpora.kt import kt_corpus
from codelength.errors import InputError, MissingExtra
from codelength.kt.metrics import keep_gzip_sizes
from codelength.runs.engine import Engine
from codelength.runs.measure import measure
from codelength.runs.store import INFO, Run
from codelength.sandbox import Limits
from codelength.synthesis.prompted.asking import Answer, Manner, best, judged
from codelength.synthesis.prompted.codec import PythonCodec
from codelength.synthesis.prompted.generation import FAILED, Generation, Settings
from codelength.synthesis.prompted.inspect_model import generation

if TYPE_CHECKING:
    from inspect_ai.log import EvalLog

TASK = "codelength/kt"


@dataclass(frozen=True)
class Log:
    """What a log tells.

    Arguments:
        model: as Inspect names it.
        options: the task's arguments, defaults included.
        answers: generations by the item's id, one an epoch.
        targets: SHA-256 of the target by the item's id.
        limit: the first so many items, or None for all.
        drawn: how answers were drawn, by the task or by options of `inspect eval`.
        draws: answers to an item.
    """

    model: str
    options: dict[str, Any]
    answers: dict[str, list[Generation]]
    targets: dict[str, str]
    limit: int | None
    drawn: Settings
    draws: int


def read_log(path: Path) -> Log:
    """Read a log.

    Raises:
        MissingExtra: inspect_ai is not installed.
        InputError: it cannot be read, or is not one of a whole `codelength/kt`.
    """
    try:
        from inspect_ai.log import read_eval_log
    except ImportError as error:
        raise MissingExtra("reading logs needs: pip install 'codelength[inspect]'") from error
    if not path.is_file():
        raise InputError(f"cannot read {path}: no such file")
    try:
        log = read_eval_log(str(path))
    except Exception as error:  # damaged archives raise what their formats raise
        raise InputError(f"{path} is no log of Inspect's: {error}") from error
    if log.eval.task_registry_name != TASK:
        raise InputError(f"{path} is a log of {log.eval.task}, not of {TASK}")
    if log.status != "success":
        raise InputError(
            f"{path}: the evaluation ended as {log.status}; finish it: inspect eval-retry"
        )
    if not log.samples:
        raise InputError(f"{path} holds no samples (--no-log-samples?)")
    targets = {str(one.id): str(one.target) for one in log.samples}
    options = log.plan.config
    drawn = Settings(options.max_tokens or 0, options.temperature or 0.0, options.seed)
    return Log(
        str(log.eval.model),
        log.eval.task_args,
        _answers(log),
        targets,
        _limit(log, path),
        drawn,
        log.eval.config.epochs or 1,
    )


def _limit(log: "EvalLog", path: Path) -> int | None:
    own, asked = log.eval.task_args.get("limit"), log.eval.config.limit
    if (
        log.eval.config.sample_id is not None
        or isinstance(asked, tuple)
        or (log.eval.config.sample_shuffle)
    ):
        raise InputError(f"{path} holds chosen samples; only the first so many can be imported")
    limits = [one for one in (own, asked) if one is not None]
    return min(limits) if limits else None


def _answers(log: "EvalLog") -> dict[str, list[Generation]]:
    found: dict[str, list[Generation]] = {}
    for sample in log.samples or []:
        said = generation(sample.output)
        if sample.error is not None:
            said = Generation("", FAILED, error=sample.error.message)
        found.setdefault(str(sample.id), []).append(said)
    return found


def import_log(
    path: Path,
    out: Path,
    data: Path | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Measure a log's answers into the run folder `out`. Items without an answer count as failed.

    Raises:
        InputError: see `read_log`; or the data are not those of the log.
    """
    if out.is_dir() and any(out.iterdir()) and not (out / INFO).is_file():
        raise InputError(f"{out} exists and is no run folder; choose another --out")
    log = read_log(path)
    options = log.options
    corpus = kt_corpus(
        options["modality"], options["item_length"], log.limit, options["seed"], data
    )
    limits = Limits(seconds=float(options["seconds"]))
    text = build_codec(options["prior"])
    manner = Manner(limits=limits, sandbox=options["sandbox"])
    partial = PythonCodec(text, None, limits, options["sandbox"])
    codec = Fallback(partial.answering(_best(log, corpus, manner, partial.price)), Raw())
    run = measure(codec, corpus, out, name=_name(log), engine=engine, progress=progress)
    keep_gzip_sizes(run, corpus)
    return run


def _best(
    log: Log, corpus: Corpus, manner: Manner, price: Callable[[str], int]
) -> dict[bytes, Answer]:
    """The answer that counts, by target."""
    nothing = Generation("", FAILED, error="the log has no answer")
    found: dict[bytes, Answer] = {}
    for instance in corpus:
        if log.targets.get(instance.id) not in (None, sha256(instance.target).hexdigest()):
            raise InputError(f"{instance.id}: the log was made of other data than there are here")
        if instance.target in found:  # the first of equal targets counts, as in a run
            continue
        said = log.answers.get(instance.id, [nothing])
        tried = [judged(one, instance.target, manner) for one in said]
        found[instance.target] = best(tried, price)
    return found


def _name(log: Log) -> str:
    """The codec as it would have been typed; it decodes the messages."""
    options, drawn = log.options, log.drawn
    parts = {
        "model": log.model,
        "prior": options["prior"],
        "prompt": options["style"],
        "shots": options["shots"],
        "repair": options["repairs"],
        "draws": log.draws,
        "tokens": drawn.tokens,
        "temperature": f"{drawn.temperature:g}",
        "seconds": f"{float(options['seconds']):g}",
        "sandbox": options["sandbox"],
    }
    if drawn.seed is not None:
        parts["seed"] = drawn.seed
    return "program:" + ",".join(f"{key}={value}" for key, value in parts.items())
