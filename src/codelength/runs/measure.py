"""`measure`: a codec on a corpus, every message decoded again, resumable.

Example: measure(build("gzip"), FileCorpus(Path("README.md")), out=Path("run")).total
-> Codelength(coded_bits=..., ideal_bits=..., container_bits=...).
"""

import importlib.metadata
import platform
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from itertools import accumulate
from pathlib import Path

from codelength.codecs.observers import Exact, Observer
from codelength.codecs.protocol import Codec, Estimation, Estimator, Message
from codelength.coding.bits import BitReader, Bits, BitWriter
from codelength.coding.messages import Json, TargetDigest
from codelength.coding.tally import since, snapshot
from codelength.corpora.instances import Corpus, Instance
from codelength.errors import CannotEncode, InputError, MessageError
from codelength.runs.engine import Engine
from codelength.runs.results import COSTS, FREE, Cost, Row
from codelength.runs.store import Run, complete_run, load_run
from codelength.runs.writer import Entry, RunWriter
from codelength.version import __version__

LIBRARIES = ("numpy", "numba", "pyarrow", "brotli", "zstandard", "pyppmd")
NAMELESS = "python:"
"""Start of the names of codecs that were measured from Python without a name."""
PLAIN = "what the model's message gave back was not accepted; sent plainly"
"""Note of a row whose message was replaced."""
LARGEST_BATCH = 1024
SECONDS = 1.0
"""A batch is made smaller where it takes longer than this, larger where it takes less."""


@dataclass(frozen=True)
class Batch:
    """Some instances with their places in the corpus, for one worker.

    Arguments:
        other: an observer that is not the codec's own.
        encoder: the codec prepared for them, where that is not the worker's to do.
        preparing: what that took.
    """

    codec: Codec | Estimator
    other: Observer | None
    places: list[int]
    instances: list[Instance]
    encoder: Codec | Estimator | None = None
    preparing: Cost = FREE

    @property
    def observer(self) -> Observer:
        """Accepts reconstructions."""
        own = self.codec.observer if isinstance(self.codec, Codec) else None
        return self.other or own or Exact()


class Meter:
    """What is spent from now on."""

    def __init__(self) -> None:
        self._start, self._before = time.perf_counter(), snapshot()

    def cost(self) -> Cost:
        """So far."""
        spent = Counter(since(self._before))
        return Cost(time.perf_counter() - self._start, tuple(float(spent[one]) for one in COSTS))


@dataclass
class Pace:
    """How many instances a batch holds, by the time that batches took."""

    size: int = 8

    def note(self, spent: list[float]) -> None:
        """Learn from the seconds that each instance of a batch took.

        The dearest does not count: it may have loaded what the others only use, and smaller batches
        would load it more often.
        """
        count = len(spent)
        seconds = sum(spent) - (max(spent) if count > 1 else 0)
        if seconds < SECONDS / 2 and count >= self.size:
            self.size = min(2 * self.size, LARGEST_BATCH)
        elif seconds > 2 * SECONDS:
            self.size = max(1, self.size // 2)


def work(batch: Batch) -> list[Entry]:
    """Encode a batch, decode its messages from one stream, and compare."""
    if isinstance(batch.codec, Estimator):
        estimator = batch.encoder or batch.codec.prepare(batch.instances)
        if not isinstance(estimator, Estimator):
            raise AssertionError("an estimator prepares an estimator")
        return [
            _estimate(estimator, place, instance)
            for place, instance in zip(batch.places, batch.instances, strict=True)
        ]
    decoder = batch.codec.decoder()  # has the messages and the conditions, and saw no target
    meter = Meter()
    encoder = batch.encoder or batch.codec.prepare(batch.instances)
    preparing = (batch.preparing + meter.cost()).shared(len(batch.instances))
    if not isinstance(encoder, Codec):
        raise AssertionError("a codec prepares a codec")
    made: list[tuple[Message, Cost]] = []
    stream = BitWriter()
    for instance in batch.instances:
        meter = Meter()
        try:
            message = encoder.message(instance.target, instance.given)
        except CannotEncode as error:
            raise InputError(f"{instance.id}: {error}; wrap the codec in a Fallback") from error
        made.append((message, preparing + meter.cost()))
        stream.append(message.bits)
    if batch.codec.together:
        back = _read_together(decoder, stream, batch, [len(one.bits) for one, _ in made])
    else:
        back = _read_each(decoder, stream, batch, [len(one.bits) for one, _ in made])
    entries = []
    for place, instance, (said, encoding), (target, decoding) in zip(
        batch.places, batch.instances, made, back, strict=True
    ):
        verified = target is not None and batch.observer.accepts(instance, target)
        spare = None if verified else _plain(batch, decoder, instance)
        message = spare or said
        decoded = target if spare is None else instance.target
        row = _row(place, instance, message, verified or spare is not None, decoded)
        if spare is not None:
            row = replace(row, note=PLAIN)
        entries.append(Entry(row, message.bits, encoding, decoding))
    return entries


def _plain(batch: Batch, decoder: Codec, instance: Instance) -> Message | None:
    """A message that leans on no model, where that of the model did not come back."""
    if not isinstance(batch.codec, Codec):
        return None
    try:
        bits = batch.codec.plain(instance.target, instance.given)
        target = decoder.decode(bits, instance.given)
    except (CannotEncode, MessageError):
        return None
    accepted = batch.observer.accepts(instance, target) and target == instance.target
    return Message(bits, float(len(bits))) if accepted else None


Back = tuple[bytes | None, Cost]
"""A decoded target, None where there is none, and what it took."""


def _read_each(codec: Codec, stream: BitWriter, batch: Batch, sizes: list[int]) -> list[Back]:
    """Targets of messages one by one, each of which must end where the next one begins."""
    reader = BitReader(bytes(stream), len(stream))
    found: list[Back] = []
    for instance, size in zip(batch.instances, sizes, strict=True):
        end = reader.position + size
        meter = Meter()
        try:
            target: bytes | None = codec.read(reader, instance.given)
        except MessageError:
            target = None
        cost = meter.cost()
        found.append((target if reader.position == end else None, cost))
        reader.position = end
    return found


def _read_together(codec: Codec, stream: BitWriter, batch: Batch, sizes: list[int]) -> list[Back]:
    """The same for codecs that read many in step."""
    data, meter = bytes(stream), Meter()
    ends = list(accumulate(sizes))
    readers = [BitReader(data, len(stream)) for _ in sizes]
    for reader, end, size in zip(readers, ends, sizes, strict=True):
        reader.position = end - size
    read = codec.read_each(readers, [one.given for one in batch.instances])
    cost = meter.cost().shared(max(1, len(sizes)))
    return [
        (None if isinstance(one, MessageError) or reader.position != end else one, cost)
        for one, reader, end in zip(read, readers, ends, strict=True)
    ]


def _estimate(estimator: Estimator, place: int, instance: Instance) -> Entry:
    meter = Meter()
    estimation = estimator.estimate(instance.target, instance.given)
    return Entry(_row(place, instance, estimation, False, None), None, meter.cost(), FREE)


def _row(
    place: int,
    instance: Instance,
    made: Message | Estimation,
    verified: bool,
    decoded: bytes | None,
) -> Row:
    proposal = made.proposal
    bits: Bits | None = made.bits if isinstance(made, Message) else None
    ideal = made.ideal_bits if isinstance(made, Message) else made.bits
    right = proposal.correct if proposal else (verified or bits is None)
    own = float(ideal if bits is None else len(bits))
    other = decoded if verified and decoded != instance.target else None
    return Row(
        index=place,
        id=instance.id,
        given_length=instance.given.length,
        alphabet=instance.given.alphabet,
        symbols=len(instance.target),
        raw_bits=instance.raw_bits,
        coded_bits=None if bits is None else len(bits),
        ideal_bits=ideal,
        verified=verified,
        correct=right,
        program_bits=proposal.bits if proposal else own,
        program=(proposal.program or None) if proposal else None,
        note=(proposal.note or None) if proposal else None,
        sha256=sha256(instance.target if other is None else other).hexdigest(),
        units=len(instance.target) if instance.units is None else instance.units,
        given_text=instance.given.text or None,
        reconstruction=other,
    )


def _batches(
    codec: Codec | Estimator, observer: Observer | None, corpus: Corpus, done: set[int], pace: Pace
) -> Iterator[Batch]:
    together = codec.together
    places: list[int] = []
    instances: list[Instance] = []

    def made() -> Batch:
        if not together:
            return Batch(codec, observer, places, instances)
        meter = Meter()
        own = codec.unchecked() if isinstance(codec, Codec) else codec  # `work` decodes
        prepared = own.prepare(instances)
        return Batch(codec, observer, places, instances, prepared, meter.cost())

    for place, instance in enumerate(corpus):
        if place in done:
            continue
        places.append(place)
        instances.append(instance)
        full = (place + 1) % together == 0 if together else len(places) >= pace.size
        if full:
            yield made()
            places, instances = [], []
    if places:
        yield made()


def measure(
    codec: Codec | Estimator,
    corpus: Corpus,
    out: Path | str,
    *,
    name: str | None = None,
    observer: Observer | None = None,
    engine: Engine | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Measure `codec` on `corpus` into the run folder `out`, resuming what is there.

    Arguments:
        name: the codec as it is typed on the command line, which lets other processes build it
            again; a run without a name cannot be verified by another process.
        observer: accepts reconstructions; the codec's own or `Exact` by default.
        engine: where the work is done; this process by default.
        progress: is called with (instances done, instances in all).

    Raises:
        InputError: `out` holds another run, cannot be written, or the codec lacks a message.
    """
    out = Path(out)
    own = codec.observer if isinstance(codec, Codec) else None
    if own and observer and own.protocol() != observer.protocol():
        raise InputError(f"the codec is made for the observer {own.name}, not {observer.name}")
    observer = observer or own or Exact()
    described = corpus.describe()
    if corpus.unit != Corpus.unit:
        described |= {"unit": corpus.unit}
    spec: dict[str, Json] = {
        "codec": name or f"{NAMELESS}{type(codec).__name__}",
        "protocol": codec.protocol(),
        "corpus": described,
        "observer": observer.protocol(),
    }
    if told := codec.encoder():
        spec["encoder"] = told
    if not len(corpus):
        raise InputError(f"the corpus {corpus.name} is empty")
    before = complete_run(out, spec)
    if before is not None:
        return before
    with RunWriter(out, spec) as writer:
        done, total = writer.done(), len(corpus)
        finished, pace = len(done), Pace()
        batches = _batches(codec, None if own else observer, corpus, done, pace)
        for entries in (engine or Engine()).map(work, batches):
            writer.add(entries)
            finished += len(entries)
            pace.note([entry.encode.seconds + entry.decode.seconds for entry in entries])
            if progress:
                progress(finished, total)
        digest, others = TargetDigest(), writer.reconstructions()
        for place, instance in enumerate(corpus):
            digest.add(others.get(place, instance.target))
        extra = surroundings()
        if isinstance(codec, Codec):
            extra |= {"shared": dict(codec.shared())}
        writer.finish(total, digest.digest(), extra)
    return load_run(out)


def surroundings() -> dict[str, Json]:
    """Versions and machine, for the record; decoding does not depend on them."""
    versions: dict[str, Json] = {name: importlib.metadata.version(name) for name in LIBRARIES}
    versions |= {"codelength": __version__, "python": platform.python_version()}
    versions |= {"zlib": zlib.ZLIB_RUNTIME_VERSION}
    machine: dict[str, Json] = {"system": sys.platform, "processor": platform.machine()}
    return {"versions": versions, "machine": machine}
