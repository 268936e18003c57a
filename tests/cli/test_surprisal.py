"""`surprisal` and `inspect` as a user types them; pages show what files hold and never obey it."""

import re
from html.parser import HTMLParser

import numpy as np
import pytest

from codelength.cli.surprisal import kind_of
from codelength.predictors.lm.surprisal import Priced, Surprisal
from codelength.predictors.lm.weights import load
from codelength.report.surprisal_page import DARK, INK, LIGHT, STYLE, page, pieces, shown
from tests import tiny_llama
from tests.needs import LANGUAGE_MODELS

pytestmark = LANGUAGE_MODELS
TEXT = ("the program that generates the sequence is: [1, 2, 3] déjà vu\n" * 6).encode()
HOSTILE = (
    b"<script>alert(1)</script></pre></style><!-- &amp; \" ' "
    b"\x1b[31m\x00\r\n\t  two  spaces\xff\xfe" + "\u202egnp.exe\u2028 déjà 😀\n".encode()
)


@pytest.fixture(scope="module")
def llama(tmp_path_factory):
    folder = tmp_path_factory.mktemp("llama")
    tiny_llama.save(folder)
    return folder


class Reader(HTMLParser):
    """What a browser makes of a page: its elements, and the text in `pre` without marks."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements, self.text, self._open, self.attributes = [], "", [], {}
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self._open.append(tag)
        if tag == "pre":
            self.attributes = dict(attrs)

    def handle_endtag(self, tag):
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if "pre" in self._open and "s" not in self._open:
            self.text += data


def test_rows_are_the_tokens_of_the_file(cli, tmp_path, llama):
    path = tmp_path / "text"
    path.write_bytes(HOSTILE)
    rows = cli("surprisal", path, "--model", llama, "--window", 24, "--json").json
    assert bytes.fromhex("".join(row["bytes"] for row in rows)) == HOSTILE
    ends = np.cumsum([len(row["bytes"]) // 2 for row in rows])
    assert [row["at"] for row in rows] == [0, *ends[:-1].tolist()]
    priced = Surprisal(load(str(llama)), 24).price(HOSTILE)
    assert sum(row["bits"] for row in rows) == pytest.approx(priced.total)


def test_a_summary_says_that_it_is_an_estimate(cli, tmp_path, llama):
    path = tmp_path / "text"
    path.write_bytes(TEXT)
    found = cli("surprisal", path, "--model", llama)
    assert found.code == 0
    assert found.out.count("\n") == 1
    assert "(an estimate)" in found.out
    assert f"{len(TEXT):,} bytes" in found.out
    path.write_bytes(b"")
    assert "0.0 bits" in cli("surprisal", path, "--model", llama).out
    assert cli("surprisal", path, "--model", llama, "--json").json == []


def test_a_terminal_is_coloured_and_not_commanded(cli, tmp_path, llama, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    path = tmp_path / "text"
    path.write_bytes(HOSTILE)
    out = cli("surprisal", path, "--model", llama).out
    assert "\x1b[38;" in out
    assert "\x1b[31m" not in out
    plain = re.sub(r"\x1b\[[0-9;]*m", "", out)
    assert (
        "\\x1b[31m\\x00\\x0d↵\n          two  spaces\\xff\\xfe\\u202egnp.exe\\u2028 déjà 😀↵\n"
        in plain
    )


def test_the_page_holds_the_text_as_it_is(cli, tmp_path, llama):
    path, out = tmp_path / "<b>&.txt", tmp_path / "page.html"
    path.write_bytes(HOSTILE)
    (row,) = cli(
        "surprisal", path, "--model", llama, "--window", 24, "--html", "-o", out, "--json"
    ).json
    made = out.read_text()
    found = Reader(made)
    assert found.text == (
        "<script>alert(1)</script></pre></style><!-- &amp; \" ' "
        "\\x1b[31m\\x00\\x0d\n\t  two  spaces\\xff\\xfe\\u202egnp.exe\\u2028 déjà 😀\n"
    )
    assert [found.elements.count(one) for one in ("script", "style", "pre", "b")] == [1, 1, 1, 0]
    assert f"{row['estimated_bits']:,.1f}" in made
    for said in ("estimate", "24 tokens", "&lt;b&gt;&amp;.txt", f"{len(HOSTILE)}"):
        assert said in made
    assert not re.search(r"https?:|src=|@import|url\(|style=", made)


def test_each_piece_has_its_bits_and_its_place(llama):
    weights = load(str(llama))
    priced = Surprisal(weights).price(HOSTILE)
    parts = list(pieces(HOSTILE, priced, weights.symbols))
    assert "".join(one.text for one in parts).encode(errors="surrogateescape") == HOSTILE
    assert sum(one.bits for one in parts) == pytest.approx(priced.total)
    assert sum(one.tokens for one in parts) == len(priced.tokens)
    for one in parts:
        own = HOSTILE[one.start : one.start + one.size]
        assert own == one.text.encode(errors="surrogateescape")
    found = Reader(page("x", HOSTILE, priced, weights.symbols, "tiny", 1024))
    assert found.elements.count("i") == len(parts)
    said = [int(one) / 100 for one in found.attributes["data-bits"].split()]
    assert said == pytest.approx([one.bits for one in parts], abs=0.006)
    sizes = [int(re.match(r"\d+", one)[0]) for one in found.attributes["data-sizes"].split()]
    assert sum(sizes) == len(HOSTILE)


def test_characters_of_several_tokens_stay_whole():
    text = "a😀b".encode() + b"\xf0\x9f"
    priced = Priced(np.array([1, 2, 3, 4, 9, 9]), np.array([1, 2, 2, 1, 1, 1]), np.arange(1.0, 7))
    found = [(one.text, one.size, one.tokens, one.bits, one.escaped)
             for one in pieces(text, priced, 9)]  # fmt: skip
    assert found == [
        ("a", 1, 1, 1, False), ("😀", 4, 2, 5, False), ("b", 1, 1, 4, False),
        ("\udcf0", 1, 1, 5, True), ("\udc9f", 1, 1, 6, True),
    ]  # fmt: skip


def test_a_page_of_64_kib_is_below_a_megabyte():
    text = b"the cat sat on" * 4681
    sizes = np.full(len(text) // 2, 2)
    priced = Priced(np.ones(len(sizes), np.int64), sizes, np.full(len(sizes), 12.34))
    assert len(page("x", text, priced, 9, "m", 1024).encode()) < 1_000_000


def test_letters_can_be_read_on_every_colour():
    """WCAG AA: a contrast of 4.5; and more bits are always further from the paper's light."""

    def light(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
        return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))

    def contrast(one: str, other: str) -> float:
        low, high = sorted((light(one), light(other)))
        return (high + 0.05) / (low + 0.05)

    rules = re.findall(r"\.[a-i]\{background:(#\w+);color:(#\w+)\}", STYLE)
    assert [one for one, _ in rules] == [*LIGHT, *DARK]
    assert all(ink in INK and contrast(ink, paper) >= 4.5 for paper, ink in rules)
    for colours, sign in ((LIGHT, -1), (DARK, 1)):
        assert all(sign * step > 0 for step in np.diff([light(one) for one in colours]))


def test_what_cannot_be_seen_is_written_out():
    assert shown("a\x1b\x7f\n\t\udcff\u200b\U000e0001é") == "a\\x1b\\x7f↵⇥\\xff\\u200b\\U000e0001é"


def test_inspect_tells_header_and_sizes(cli, tmp_path):
    path, file = tmp_path / "text", tmp_path / "text.cl"
    path.write_bytes(TEXT)
    assert cli("encode", path, "--codec", "gzip", "-o", file).code == 0
    (row,) = cli("inspect", file, "--json").json
    assert (row["codec"], row["format"], row["messages"], row["chunks"]) == ("gzip", 1, 1, 1)
    assert row["bytes"] == file.stat().st_size
    assert row["coded_bits"] + row["container_bits"] == 8 * row["bytes"]
    assert row["chunk_bits_min"] == row["chunk_bits_max"] == row["coded_bits"]
    assert "fingerprint" in cli("inspect", file).out
    found = cli("inspect", file, "--tokens")
    assert (found.code, found.err.count("\n")) == (2, 1)
    assert "needs a language model's file" in found.err


def test_inspect_shares_the_bits_among_tokens(cli, tmp_path, llama):
    path, file = tmp_path / "text", tmp_path / "text.cl"
    path.write_bytes(TEXT * 2)
    found = cli("encode", path, "--codec", f"lmic:model={llama},window=48", "-o", file)
    assert found.code == 0
    (row,) = cli("inspect", file, "--tokens", "--top", 1000, "--json").json
    for shares in (row["kinds"], row["tokens"]):
        assert sum(one["share"] for one in shares) == pytest.approx(1)
        assert shares == sorted(shares, key=lambda one: -one["bits"])
        bits = sum(one["bits"] for one in shares)
        # A message spends its length, its flag and its end beyond its tokens.
        assert 0 < row["coded_bits"] - bits < 30 * row["chunks"]
    out = cli("inspect", file, "--tokens", "--top", 3).out
    assert "bits (estimate)" in out


def test_inspect_tells_pieces_that_were_sent_plainly(cli, tmp_path, llama):
    path, file = tmp_path / "noise", tmp_path / "noise.cl"
    path.write_bytes(np.random.default_rng(0).bytes(300))
    codec = f"lmic:model={llama},window=48"
    assert cli("encode", path, "--codec", codec, "-o", file).code == 0
    (row,) = cli("inspect", file, "--tokens", "--json").json
    assert row["kinds"][0]["name"] == "sent plainly"
    assert row["kinds"][0]["bits"] > 8 * 144


@pytest.mark.parametrize(
    ("spelled", "kind"),
    [(" the", "letters"), ("\n\n ", "spaces"), ("42", "digits"), ("]]", "markup"),
     (" .", "punctuation"), ("é", "letters"), ("x2", "letters")],
)  # fmt: skip
def test_kinds(spelled, kind):
    assert kind_of(spelled.encode()) == kind


def test_bad_input_is_one_line(cli, tmp_path, llama):
    path = tmp_path / "text"
    path.write_bytes(b"abc")
    for arguments, said in (
        (("surprisal", tmp_path / "none", "--model", llama), "cannot read"),
        (("surprisal", path, "--model", llama, "-o", tmp_path / "x"), "say --html too"),
        (("surprisal", path, "--model", llama, "--html", "-o", path), "is the file that is read"),
        (("surprisal", path, "--model", tmp_path / "nowhere.gguf"), "No such file"),
        (("surprisal", path, "--model", llama, "--window", 0), "--window"),
        (("inspect", tmp_path / "none"), "cannot read"),
        (("inspect", path), "is not a .cl message file"),
    ):
        found = cli(*arguments)
        assert (found.code, found.err.count("\n")) == (2, 1)
        assert said in found.err
