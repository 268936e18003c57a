"""A text coloured by the bits of its tokens, as one page that needs nothing else.

Example: page("a.txt", text, priced, "smollm2-135m", 1024) -> "<!doctype html>...". What the text
holds is shown and never obeyed: it is escaped, control characters and bytes that are no text are
written out, and the page runs its own script alone.
"""

import unicodedata
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from itertools import pairwise

import numpy as np

from codelength.predictors.lm.surprisal import Priced

LEVELS = (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 11.0, 14.0)
"""Bits at which the next colour begins."""
NAMES = "abcdefghi"
"""Of the colours' classes, from few bits to many."""
LIGHT = (
    "#ffffff", "#fff7d6", "#feea9f", "#fed35c", "#feaf36", "#f58a1f", "#c94804", "#a03604",
    "#6b2506",
)  # fmt: skip
DARK = (
    "#15171a", "#2a2114", "#432f10", "#60400c", "#7f520a", "#c98212", "#eda634", "#fbcd6b",
    "#fff0b5",
)  # fmt: skip
INK = ("#16181b", "#ffffff")
"""On light colours, and on dark ones."""
HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode's categories of what is not seen, or changes how the rest is seen."""


@dataclass(frozen=True)
class Piece:
    """Whole characters, and the tokens that spell them: mostly one.

    Arguments:
        text: bytes that are no UTF-8 as Python's `surrogateescape` decodes them.
        start: of the first byte in the text.
        escaped: whether a byte of it was sent plainly.
    """

    text: str
    start: int
    size: int
    tokens: int
    bits: float
    escaped: bool = False


def pieces(text: bytes, priced: Priced, symbols: int) -> Iterator[Piece]:
    """A priced text cut where tokens and characters begin.

    Arguments:
        symbols: of the model's; tokens from there on are escaped bytes.
    """
    ends = np.zeros(len(text) + 1, bool)
    letters = text.decode(errors="surrogateescape")
    widths = [len(one.encode(errors="surrogateescape")) for one in letters]
    ends[np.cumsum([0, *widths])] = True
    start = at = tokens = 0
    bits, escaped = 0.0, False
    for token, size, cost in zip(
        priced.tokens.tolist(), priced.sizes.tolist(), priced.bits.tolist(), strict=True
    ):
        at, tokens, bits = at + size, tokens + 1, bits + cost
        escaped |= token >= symbols
        if ends[at] and at > start:
            own = text[start:at].decode(errors="surrogateescape")
            yield Piece(own, start, at - start, tokens, bits, escaped)
            start, tokens, bits, escaped = at, 0, 0.0, False


def visible(letter: str) -> str:
    r"""What stands for a letter that cannot be shown as it is: `\x1b`, `\u202e`; else ""."""
    code = ord(letter)
    if letter in "\n\t" or unicodedata.category(letter) not in HIDDEN:
        return ""
    if code < 0x80:
        return f"\\x{code:02x}"
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}"


def shown(text: str) -> str:
    """A text of one line that is safe to print: what cannot be seen is written out."""
    marks = {"\n": "↵", "\t": "⇥"}
    return "".join(marks.get(one) or visible(one) or one for one in text)


def level(bits: float) -> int:
    """The number of the colour of a piece that costs so many bits, from 0."""
    return sum(bits >= one for one in LEVELS)


def page(name: str, text: bytes, priced: Priced, symbols: int, model: str, window: int) -> str:
    """The page.

    Arguments:
        name: of the text.
        symbols: of the model's, see `pieces`.
        model: its name.
        window: tokens after which it began anew.
    """
    parts = list(pieces(text, priced, symbols))
    name = shown(name)
    rate = f"{priced.total / len(text):.4f}" if text else "-"
    totals = (
        ("bits (estimate)", f"{priced.total:,.1f}"),
        ("bits a byte", rate),
        ("bytes", f"{len(text):,}"),
        ("tokens", f"{len(priced.tokens):,}"),
        ("model", shown(model)),
        ("window", f"{window:,} tokens"),
    )
    facts = "".join(f"<div><dt>{key}<dd>{escape(value)}</div>" for key, value in totals)
    counts = [f"{one.size}{'' if one.tokens == 1 else f'/{one.tokens}'}" for one in parts]
    marks = [f"{one}{'x' * part.escaped}" for one, part in zip(counts, parts, strict=True)]
    bits = " ".join(f"{100 * one.bits:.0f}" for one in parts)
    body = "".join(f"<i class={NAMES[level(one.bits)]}>{_html(one.text)}</i>" for one in parts)
    allowed = "; ".join(
        ["default-src 'none'", f"style-src {_digest(STYLE)}", f"script-src {_digest(SCRIPT)}"]
    )
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{allowed}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Surprisal of {escape(name)}</title>
<style>{STYLE}</style>
<header>
<h1>Surprisal of {escape(name)}</h1>
<dl>{facts}</dl>
<p>Each token is coloured by the bits that the model needs for it. This is an estimate: one pass in
float32, and no message that decodes stands behind it.</p>
<table>{_legend(parts)}</table>
</header>
<main><pre tabindex="0" translate="no" spellcheck="false" aria-label="the text by tokens"
data-bits="{bits}" data-sizes="{" ".join(marks)}">{body}</pre></main>
<div id="tip" role="status" hidden></div>
<script>{SCRIPT}</script>
</html>
"""


def _html(text: str) -> str:
    """A text in HTML; `s`: marks that are not in it; `u`: what stands for a letter."""
    parts = []
    for one in text:
        sign = visible(one)
        if one == "\n":
            parts.append("<s>↵</s>\n")
        else:
            parts.append(f"<u>{sign}</u>" if sign else escape(one))
    return "".join(parts)


def _legend(parts: list[Piece]) -> str:
    """The colours with their bits, how many pieces have each, and the share of all bits."""
    bounds = [f"{one:g}" for one in (0, *LEVELS)]
    spans = [*(f"{a}-{b}" for a, b in pairwise(bounds)), f"{bounds[-1]}+"]
    counts, bits = np.zeros(len(NAMES), int), np.zeros(len(NAMES))
    for one in parts:
        counts[level(one.bits)] += 1
        bits[level(one.bits)] += one.bits
    often, share = counts / max(1, len(parts)), bits / max(bits.sum(), 1e-9)
    heads = "".join(
        f"<td class={name}>{span.replace('-', '–')}"  # noqa: RUF001
        for name, span in zip(NAMES, spans, strict=True)
    )
    rows = [f"<tr><th scope=row>bits{heads}"]
    for title, values in (("of the tokens", often), ("of the bits", share)):
        cells = "".join(f"<td>{100 * one:.1f}%" for one in values)
        rows.append(f"<tr><th scope=row>{title}{cells}")
    return "".join(rows)


def _digest(source: str) -> str:
    """How a Content-Security-Policy names a style or script that it lets through."""
    return f"'sha256-{b64encode(sha256(source.encode()).digest()).decode()}'"


def _colours(colours: tuple[str, ...], inks: tuple[int, ...]) -> str:
    """The rules of the colours' classes."""
    return "".join(
        f".{name}{{background:{colour};color:{INK[ink]}}}\n"
        for name, colour, ink in zip(NAMES, colours, inks, strict=True)
    )


STYLE = f"""
:root{{--paper:{LIGHT[0]};--ink:{INK[0]};--soft:#5a6068;--line:#d5d8dc}}
{_colours(LIGHT, (0, 0, 0, 0, 0, 0, 1, 1, 1))}
@media (prefers-color-scheme:dark){{
:root{{--paper:{DARK[0]};--ink:#e8e6e3;--soft:#a2a8b0;--line:#3a3f45}}
{_colours(DARK, (1, 1, 1, 1, 1, 0, 0, 0, 0))}
}}
*{{box-sizing:border-box}}
body{{margin:0 auto;padding:1.5rem;max-width:72rem;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,sans-serif}}
h1{{font-size:1.4rem;margin:0 0 1rem;overflow-wrap:anywhere}}
dl{{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:0}}
dt{{color:var(--soft);font-size:.8rem}}
dd{{margin:0;font-size:1.1rem;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}}
p{{color:var(--soft);max-width:44rem}}
header{{overflow-x:auto}}
table{{border-collapse:collapse;font-size:.8rem;font-variant-numeric:tabular-nums}}
th{{text-align:left;font-weight:400;color:var(--soft);padding-right:1rem}}
td{{padding:.15rem .5rem;min-width:4rem;text-align:center}}
td[class]{{border:1px solid var(--line)}}
main{{border-top:1px solid var(--line);margin-top:1rem;padding-top:1rem}}
pre{{margin:0;font:13.5px/1.75 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;
white-space:pre-wrap;overflow-wrap:anywhere;tab-size:8;
-webkit-print-color-adjust:exact;print-color-adjust:exact}}
i{{font-style:normal;border-radius:2px}}
s{{text-decoration:none;opacity:.55;user-select:none}}
u{{text-decoration:none;font-size:.85em;outline:1px dotted;outline-offset:-1px}}
i.on{{outline:2px solid #2f7fe0;outline-offset:1px}}
#tip{{position:absolute;padding:.4rem .6rem;max-width:22rem;background:var(--ink);
color:var(--paper);border-radius:5px;font-size:.85rem;pointer-events:none;white-space:pre-wrap;
overflow-wrap:anywhere;box-shadow:0 2px 8px #0006}}
#tip b{{font-family:ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace}}
"""

SCRIPT = r"""
"use strict";
const pre = document.querySelector("pre"), tip = document.getElementById("tip");
const all = [...pre.children], number = new Map(all.map((one, k) => [one, k]));
const bits = pre.dataset.bits.split(" ").map(one => one / 100);
const sizes = pre.dataset.sizes.split(" "), starts = [];
let at = 0, now = null;
for (const size of sizes) { starts.push(at); at += parseInt(size) || 0; }
function show(one) {
  if (now) now.classList.remove("on");
  now = one;
  tip.hidden = !one;
  if (!one) return;
  one.classList.add("on");
  const k = number.get(one), tokens = sizes[k].split("/")[1], size = parseInt(sizes[k]);
  const text = one.textContent.replaceAll("\n", "").replaceAll("\t", "⇥").replaceAll(" ", "·");
  const odds = 2 ** bits[k];
  const head = document.createElement("b");
  head.textContent = text;
  tip.replaceChildren(head, "\n" + bits[k].toFixed(2) + " bits"
    + (odds < 1e7 ? " (1 in " + (odds < 10 ? odds.toFixed(2) : Math.round(odds)) + ")" : "")
    + "\nbyte " + starts[k].toLocaleString("en") + ", " + size + (size > 1 ? " bytes" : " byte")
    + (tokens ? "\n" + parseInt(tokens) + " tokens" : "")
    + (sizes[k].endsWith("x") ? "\nescaped: sent plainly" : ""));
  const boxes = one.getClientRects(), box = boxes[boxes.length - 1];
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.left = scrollX
    + Math.max(4, Math.min(box.left, document.documentElement.clientWidth - tip.offsetWidth - 4))
    + "px";
  tip.style.top = scrollY + (below ? box.bottom + 6 : box.top - tip.offsetHeight - 6) + "px";
}
pre.addEventListener("pointerover", event => show(event.target.closest("i")));
pre.addEventListener("pointerleave", () => show(null));
pre.addEventListener("blur", () => show(null));
pre.addEventListener("keydown", event => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (event.key === "Escape") show(null);
  if (!step || !all.length) return;
  event.preventDefault();
  const k = now ? number.get(now) + step : 0;
  const one = all[Math.max(0, Math.min(all.length - 1, k))];
  one.scrollIntoView({ block: "nearest" });
  show(one);
});
"""
