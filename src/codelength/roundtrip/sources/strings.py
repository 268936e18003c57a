"""Strings: repeats, mirrors, keyboards, pangrams, noise and plain English.

Example: nested_repeat -> "xyxy-xyxy-xyxy-": a repeat of a repeat.
"""

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from re import Match, findall, sub
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits, punctuation

from numpy.random import Generator

from codelength.roundtrip.sources.kinds import Kind, Source, between, few, letters, pick

MARKS = "-_.:/+=#*~|"
SYMBOLS = ascii_letters + digits + MARKS
ALPHABETS = ("ab", "01", "xyz", "abcd", digits, ascii_lowercase, ascii_letters + digits)


def sample(rng: Generator, alphabet: str, count: int) -> str:
    """So many different characters."""
    return "".join(alphabet[at] for at in rng.permutation(len(alphabet))[:count])


def char_repeat(rng: Generator) -> str:
    """One character, many times."""
    return pick(rng, SYMBOLS) * between(rng, 8, 120)


def alternating_pattern(rng: Generator) -> str:
    """Two or three characters in turn; it may stop in the middle of a turn."""
    turn = sample(rng, SYMBOLS, between(rng, 2, 3))
    return (turn * 50)[: between(rng, 10, 100)]


def block_repeat(rng: Generator) -> str:
    """A random block, many times."""
    return letters(rng, SYMBOLS, between(rng, 3, 10)) * between(rng, 3, 12)


def nested_repeat(rng: Generator) -> str:
    """A repeat of (a repeat, then a tail)."""
    inner = letters(rng, SYMBOLS, between(rng, 1, 3)) * between(rng, 2, 5)
    return (inner + letters(rng, SYMBOLS, between(rng, 1, 3))) * between(rng, 3, 8)


def palindrome(rng: Generator) -> str:
    """The same from both ends."""
    alphabet = pick(rng, ALPHABETS)
    half = letters(rng, alphabet, between(rng, 8, 50))
    return half + letters(rng, alphabet, between(rng, 0, 1)) + half[::-1]


def near_palindrome(rng: Generator) -> str:
    """A palindrome with one or two characters of its first half changed."""
    text = palindrome(rng)
    for at in rng.permutation(len(text) // 2)[: between(rng, 1, 2)]:
        others = sorted({*text} - {text[at]}) or [*MARKS]
        text = text[:at] + pick(rng, others) + text[at + 1 :]
    return text


PANGRAMS = (
    "The quick brown fox jumps over the lazy dog",
    "Pack my box with five dozen liquor jugs",
    "How vexingly quick daft zebras jump",
    "Sphinx of black quartz, judge my vow",
    "The five boxing wizards jump quickly",
    "Jackdaws love my big sphinx of quartz",
    "Waltz, bad nymph, for quick jigs vex",
    "Glib jocks quiz nymph to vex dwarf",
    "Quick zephyrs blow, vexing daft Jim",
    "Two driven jocks help fax my big quiz",
    "Five quacking zephyrs jolt my wax bed",
    "Bright vixens jump; dozy fowl quack",
    "Jinxed wizards pluck ivy from the big quilt",
    "Amazingly few discotheques provide jukeboxes",
    "We promptly judged antique ivory buckles for the next prize",
    "A wizard's job is to vex chumps quickly in fog",
    "By Jove, my quick study of lexicography won a prize",
    "Sixty zippers were quickly picked from the woven jute bag",
    "A quick movement of the enemy will jeopardize six gunboats",
    "All questions asked by five watched experts amaze the judge",
    "Few quips galvanized the mock jury box",
    "Quick fox jumps nightly above wizard",
    "Six lazy codecs jump over the quiet bank while dwarfs go by",
    "My zip file of words has quite big gaps, except vowels, junk and text",
    "Both expert judges quickly give amazing prizes for new works on Monday",
    "Zoe packed twelve jars of quince jam next to the big ivory shelves",
    "Keep the jazz box low, for quiet evenings make my dog calm",
    "A bored judge yawns while the vexed clerk quotes from a zip code map",
)


def pangram_mixed(rng: Generator) -> str:
    """A pangram with its words in another order, some in capitals, and a sign between them."""
    words = findall(r"[\w']+", pick(rng, PANGRAMS))
    changes: tuple[Callable[[str], str], ...] = (str.upper, str.lower, str.capitalize, str)
    mixed = [pick(rng, changes)(words[at]) for at in rng.permutation(len(words))]
    return pick(rng, (" ", "-", "_", ", ", "/", "")).join(mixed)


LAYOUTS = (
    ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("azertyuiop", "qsdfghjklm", "wxcvbn"),
    ("pyfgcrl", "aoeuidhtns", "qjkxbmwvz"),
    ("qwfpgjluy", "arstdhneio", "zxcvbkm"),
    ("1234567890", "!@#$%^&*()", "789456123"),
)
SHORTEST = 8


@cache
def keyboard() -> tuple[str, ...]:
    """Rows, parts of eight keys or more and neighbouring rows, both ways; then whole layouts."""
    rows = [row for layout in LAYOUTS for row in layout]
    parts = [
        row[begin:end]
        for row in rows
        for begin in range(len(row))
        for end in range(begin + SHORTEST, len(row) + 1)
    ]
    parts += [first + second for layout in LAYOUTS for first, second in pairwise(layout)]
    both = [text for part in parts for text in (part, part[::-1])]
    whole = [sign.join(layout) for layout in LAYOUTS for sign in (" ", "")]
    texts = [*both, *whole]
    return tuple(dict.fromkeys([*texts, *(text.upper() for text in texts)]))


def keyboard_repeat(rng: Generator) -> str:
    """A part of a keyboard, a few times, perhaps with a sign between."""
    return pick(rng, ("", " ", "-", "1")).join([pick(rng, keyboard())] * between(rng, 2, 6))


def pseudo_random(rng: Generator) -> str:
    """Noise: over hexadecimal digits, letters, or all signs."""
    alphabets = ("0123456789abcdef", ascii_letters + digits, ascii_letters + digits + punctuation)
    return letters(rng, pick(rng, alphabets), between(rng, 12, 96))


TEMPLATES = (
    "The {mood} {who} {verb} the {thing} {place}.",
    "Every {time}, a {mood} {who} {verb} my {thing}.",
    "{person} said that the {thing} {place} was {look}.",
    "When the {who} {verb} the {thing}, {person} went home.",
    "Why did {person} leave the {look} {thing} {place}?",
    "{person} and {person} never {verb} the {thing} again.",
    "It was a {weather} {time}, and no {who} {verb} the {thing}.",
    "There is a {thing} {place}, but {person} wants a {look} one.",
)
WORDS = {
    "person": ("Anna", "Peter", "Maria", "Tom", "Ruth", "Oscar", "Lena", "Victor", "Nora"),
    "who": ("baker", "farmer", "sailor", "teacher", "painter", "child", "guest", "doctor", "cat"),
    "mood": ("clever", "hungry", "patient", "proud", "young", "sleepy", "merry", "shy", "brave"),
    "thing": (
        *("boat", "book", "bridge", "clock", "door", "garden", "lamp", "letter", "piano"),
        *("river", "train", "window", "basket", "kettle", "bicycle", "map"),
    ),
    "look": ("broken", "cheap", "red", "lovely", "narrow", "new", "rusty", "small", "strange"),
    "verb": (
        *("found", "heard", "forgot", "painted", "watched", "passed", "moved"),
        *("missed", "guarded", "liked", "touched", "feared", "sold", "described"),
    ),
    "place": (
        *("near the harbour", "under the stairs", "in the old town", "by the lake"),
        *("behind the school", "on the hill", "at the market", "across the street"),
    ),
    "time": ("morning", "evening", "winter", "summer", "Sunday", "night", "spring"),
    "weather": ("cold", "quiet", "dark", "warm", "windy", "grey"),
}


def sentence(rng: Generator) -> str:
    """A template, each gap filled with another word."""
    used: list[str] = []

    def word(gap: Match[str]) -> str:
        used.append(pick(rng, [word for word in WORDS[gap[1]] if word not in used]))
        return used[-1]

    return sub(r"\{(\w+)\}", word, pick(rng, TEMPLATES))


def natural_language(rng: Generator) -> str:
    """One to three sentences."""
    return " ".join(sentence(rng) for _ in range(between(rng, 1, 3)))


def natural_language_repeat(rng: Generator) -> str:
    """A sentence, two to four times."""
    return " ".join([sentence(rng)] * between(rng, 2, 4))


def random_motif(rng: Generator) -> str:
    """A motif that comes back at random places in noise."""
    motif = letters(rng, ascii_letters + digits, between(rng, 4, 8))
    return "".join(
        letters(rng, ascii_lowercase, between(rng, 0, 6)) + motif for _ in range(between(rng, 3, 8))
    )


def filler_unique(rng: Generator) -> str:
    """Different characters, each behind a run of one filler."""
    filler = pick(rng, MARKS) * between(rng, 2, 8)
    return "".join(
        filler + char for char in sample(rng, ascii_uppercase + digits, between(rng, 3, 14))
    )


SOURCE = Source(
    "string",
    (
        Kind("char_repeat", char_repeat),
        Kind("alternating_pattern", alternating_pattern),
        Kind("block_repeat", block_repeat),
        Kind("nested_repeat", nested_repeat),
        Kind("palindrome", palindrome),
        Kind("near_palindrome", near_palindrome),
        few("pangram", lambda: PANGRAMS),
        Kind("pangram_mixed", pangram_mixed),
        few("keyboard", keyboard),
        Kind("keyboard_repeat", keyboard_repeat),
        Kind("pseudo_random", pseudo_random),
        Kind("natural_language", natural_language),
        Kind("natural_language_repeat", natural_language_repeat),
        Kind("random_motif", random_motif),
        Kind("filler_unique", filler_unique),
    ),
)
