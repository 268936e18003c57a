"""`codelength surprisal`, `inspect`: where the bits of a text go, and what is in a message file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from codelength.cli.options import AsJson
from codelength.cli.output import ByteProgress, GridProgress, print_json, print_table
from codelength.errors import InputError
from codelength.predictors.lm.catalogue import DEFAULT

if TYPE_CHECKING:
    from codelength.coding.messages import Chunk, MessageFile
    from codelength.predictors.lm.surprisal import Priced
    from codelength.predictors.lm.tokens import Vocabulary

PAGE = ".html"
PRICED = {"model", "window", "batch", "exact"}
"""Options of `lmic` with which a file has the tokens and windows that are priced here."""
MARKUP = frozenset("<>[]{}|=#*_`~&\\$^@/")
"""Signs that languages of markup and programs use more than prose does."""


def surprisal(
    file: Annotated[Path, typer.Argument(help="Any file; texts make most sense.")],
    model: Annotated[
        str, typer.Option("--model", help="A known name, a hub's id, a folder or a GGUF file.")
    ] = DEFAULT,
    window: Annotated[
        int, typer.Option("--window", min=1, help="Tokens after which the model starts anew.")
    ] = 1024,
    html: Annotated[bool, typer.Option("--html", help="Write one self-contained page.")] = False,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The page to write [default: FILE.html].")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What each token of a file costs by a language model: an estimate, in bits.

    On a terminal the text is coloured; --json has a row a token, with its bytes in hexadecimal.
    """
    from codelength.coding.atomic import write_atomic
    from codelength.corpora.files import read_file
    from codelength.predictors.lm.surprisal import Surprisal
    from codelength.predictors.lm.weights import load
    from codelength.report.surprisal_page import page, shown
    from codelength.runs.files import refuse_same

    if out is not None and not html:
        raise InputError("-o names the page that is written; say --html too")
    text, target = read_file(file), out or file.with_name(file.name + PAGE)
    refuse_same(file, target)
    weights = load(model)
    pricer = Surprisal(weights, window)
    with GridProgress("tokens priced") as progress:
        (priced,) = pricer.prices([text], partial(progress, file.name))
    rate = priced.total / len(text) if text else None
    if html:
        made = page(file.name, text, priced, weights.symbols, model, pricer.span)
        write_atomic(target, made.encode())
    if as_json and html:
        row = {"out": str(target), "bytes": len(text), "tokens": len(priced.tokens)}
        print_json([row | {"estimated_bits": priced.total, "bits_per_byte": rate}])
        return
    if as_json:
        print_json(_token_rows(text, priced, weights.vocabulary))
        return
    if not html:
        _print_coloured(text, priced, weights.symbols)
    each = "" if rate is None else f", {rate:.4f} bits a byte"
    print(
        f"{shown(str(target if html else file))}: {priced.total:,.1f} bits by {shown(model)} with"
        f" windows of {pricer.span:,} (an estimate){each}; {len(text):,} bytes,"
        f" {len(priced.tokens):,} tokens"
    )


def _token_rows(text: bytes, priced: "Priced", words: "Vocabulary") -> Iterator[dict[str, Any]]:
    """A row a token."""
    at = 0
    for token, size, bits in zip(
        priced.tokens.tolist(), priced.sizes.tolist(), priced.bits.tolist(), strict=True
    ):
        escaped = token >= words.symbols
        yield {
            "token": words.escape if escaped else token,
            "escaped": escaped,
            "at": at,
            "bytes": text[at : at + size].hex(),
            "bits": bits,
        }
        at += size


def _print_coloured(text: bytes, priced: "Priced", symbols: int) -> None:
    """The text by colours, where stdout is a terminal; what could command it is written out."""
    from rich.console import Console
    from rich.text import Text

    from codelength.report.surprisal_page import DARK, INK, level, pieces, visible

    console = Console(highlight=False)
    if not console.is_terminal:
        return
    whole = Text()
    for one in pieces(text, priced, symbols):
        number = level(one.bits)
        ink = INK[0] if number > 4 else INK[1]
        style = f"{ink} on {DARK[number]}" if number else ""
        marked = (visible(letter) or ("↵\n" if letter == "\n" else letter) for letter in one.text)
        whole.append("".join(marked), style)
    console.print(whole, soft_wrap=True)


@dataclass(frozen=True)
class Share:
    """Tokens of one kind: how many, and what they cost in all.

    Arguments:
        share: of the bits of all kinds.
    """

    name: str
    count: int
    bits: float
    share: float


def inspect(
    file: Annotated[Path, typer.Argument(help="A message file.")],
    tokens: Annotated[
        bool, typer.Option("--tokens", help="Decode a language model's file: bits by token.")
    ] = False,
    model: Annotated[
        str | None, typer.Option("--model", help="Where the same model is here, if elsewhere.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=1, help="Tokens in the table.")] = 20,
    as_json: AsJson = False,
) -> None:
    """What is in a message file: its header, and where its bits are.

    Bits by token are estimates (float32); they are near what the messages spend.
    """
    from codelength.coding.messages import read_messages
    from codelength.report.surprisal_page import shown
    from codelength.report.tables import Table

    messages = read_messages(file)
    row = _file_row(file, messages)
    found = _by_token(file, messages, model, top) if tokens else {}
    if as_json:
        lists = {name: [asdict(one) for one in shares] for name, shares in found.items()}
        print_json([row | lists])
        return
    cells = [
        (key, f"{value:,.12g}" if isinstance(value, int | float) else str(value))
        for key, value in row.items()
    ]
    print_table(Table(("what", "value"), [(key, shown(value)) for key, value in cells], left=2))
    for name, shares in found.items():
        lines = [
            (one.name, f"{one.count:,}", f"{one.bits:,.1f}", f"{100 * one.share:.1f}%",
             f"{one.bits / one.count:.2f}")
            for one in shares
        ]  # fmt: skip
        header = (name.rstrip("s"), "count", "bits (estimate)", "share", "bits each")
        print()
        print_table(Table(header, lines))


def _file_row(path: Path, messages: "MessageFile") -> dict[str, Any]:
    """What a message file says of itself, and its sizes."""
    from codelength.coding.messages import FORMAT

    header = messages.header
    lengths = [chunk.length for chunk in messages.chunks]
    row: dict[str, Any] = {"path": str(path), "format": FORMAT}
    row |= {key: header[key] for key in ("codec", "fingerprint", "needs", "corpus")
            if key in header}  # fmt: skip
    row |= {
        "messages": messages.messages,
        "chunks": len(lengths),
        "bytes": messages.size,
        "coded_bits": messages.coded_bits,
        "container_bits": messages.container_bits,
    }
    named = (("min", min), ("median", median), ("max", max))
    return row | {f"chunk_bits_{name}": of(lengths) if lengths else None for name, of in named}


def _by_token(
    path: Path, messages: "MessageFile", model: str | None, top: int
) -> dict[str, list[Share]]:
    """The bits of a language model's file by kinds of tokens and by token, the dearest first."""
    from codelength.codecs.registry import Spec, build_codec
    from codelength.predictors.lm.surprisal import Surprisal
    from codelength.predictors.lm.weights import load
    from codelength.report.surprisal_page import shown
    from codelength.runs.files import cut_text, decode_file

    spec = Spec.parse(str(messages.header["codec"]))
    options = dict(spec.options) | ({"model": model} if model else {})
    if spec.name != "lmic":
        raise InputError(f"{path} is by {spec.name}: --tokens needs a language model's file (lmic)")
    if others := sorted(options.keys() - PRICED):
        raise InputError(f"{path} is by {spec.text}: --tokens has no {' or '.join(others)}")
    name = "lmic:" + ",".join(f"{key}={value}" for key, value in options.items())
    with TemporaryDirectory() as folder, ByteProgress(path.name) as reading:
        out = Path(folder) / "text"
        decode_file(path, out, lambda _: name, reading)
        text = out.read_bytes()
    codec = build_codec(name)
    by_model, plain = _sent(list(cut_text(text, codec.piece)), messages.chunks)
    weights = load(options["model"])
    words = weights.vocabulary
    pricer = Surprisal(weights, int(options.get("window", Surprisal.window)))
    pairs: list[tuple[str, str, float]] = []
    with GridProgress("tokens priced") as progress:
        for piece, priced in zip(
            by_model, pricer.prices(by_model, partial(progress, path.name)), strict=True
        ):
            for row in _token_rows(piece, priced, words):
                spelled = bytes.fromhex(row["bytes"])
                said = shown(spelled.decode(errors="surrogateescape"))
                kind = "escaped bytes" if row["escaped"] else kind_of(spelled)
                label = f"escaped {said}" if row["escaped"] else f'"{said}"'
                pairs.append((kind, label, row["bits"]))
    pairs += [("sent plainly", "(a piece, sent plainly)", bits) for bits in plain]
    kinds = _shares((kind, bits) for kind, _, bits in pairs)
    each = _shares((label, bits) for _, label, bits in pairs)
    return {"kinds": kinds, "tokens": each[:top]}


def _sent(pieces: Sequence[bytes], chunks: Sequence["Chunk"]) -> tuple[list[bytes], list[float]]:
    """The pieces of a file that the model coded, and the bits of those that were sent plainly.

    A chunk is a piece, and begins with the bit that says which.
    """
    flags = [chunk.reader().read_int(1) for chunk in chunks]
    by_model = [piece for piece, flag in zip(pieces, flags, strict=True) if not flag]
    return by_model, [float(one.length) for one, flag in zip(chunks, flags, strict=True) if flag]


def _shares(pairs: Iterable[tuple[str, float]]) -> list[Share]:
    """Bits summed by name, the most first."""
    counts: dict[str, int] = {}
    sums: dict[str, float] = {}
    for name, bits in pairs:
        counts[name] = counts.get(name, 0) + 1
        sums[name] = sums.get(name, 0.0) + bits
    total = sum(sums.values()) or 1.0
    names = sorted(sums, key=lambda name: (-sums[name], name))
    return [Share(name, counts[name], sums[name], sums[name] / total) for name in names]


def kind_of(spelled: bytes) -> str:
    r"""What a token is, by what it spells.

    Example: b" the" -> "letters", b"\n\n" -> "spaces", b"]]" -> "markup", b"." -> "punctuation".
    """
    try:
        text = spelled.decode().strip()
    except UnicodeDecodeError:
        return "parts of characters"
    if not text:
        return "spaces"
    if any(one.isalpha() for one in text):
        return "letters"
    if any(one.isdigit() for one in text):
        return "digits"
    return "markup" if set(text) <= MARKUP else "punctuation"
