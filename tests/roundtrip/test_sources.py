from itertools import islice, pairwise
from statistics import median
from string import ascii_lowercase

import pytest

from codelength.errors import InputError
from codelength.roundtrip.sources import ALL, SOURCES, Kind, Source, chosen, inputs, spread

KINDS = [(source.name, kind.name) for source in SOURCES.values() for kind in source.kinds]


def kind_of(source, name):
    return next(kind for kind in SOURCES[source].kinds if kind.name == name)


def first(source, name, count=200, seed=42):
    return list(islice(inputs(source, kind_of(source, name), seed), count))


def listed(name, *texts):
    return Kind(name, lambda rng: texts[0], lambda: texts)


@pytest.mark.parametrize("name", ALL)
def test_two_hundred_inputs_are_distinct_and_the_same_twice(name):
    taken = set()
    pairs = spread(SOURCES[name], 42, 200, taken)
    assert taken == {text for _, text in pairs}
    assert len(taken) == len(pairs) == 200
    assert spread(SOURCES[name], 42, 200, set()) == pairs
    assert spread(SOURCES[name], 43, 200, set()) != pairs


@pytest.mark.parametrize("name", ALL)
def test_kinds_have_equal_shares_and_the_first_ones_the_rest(name):
    names = [kind.name for kind in SOURCES[name].kinds]
    given = [kind for kind, _ in spread(SOURCES[name], 42, 97, set())]
    each, more = divmod(97, len(names))
    assert [given.count(kind) for kind in names] == [each + (at < more) for at in range(len(names))]


@pytest.mark.parametrize("name", ALL)
def test_fifty_inputs_are_the_first_fifty_of_two_hundred(name):
    assert spread(SOURCES[name], 42, 50, set()) == spread(SOURCES[name], 42, 200, set())[:50]


@pytest.mark.parametrize("source, name", KINDS)
def test_a_kind_has_two_hundred_inputs_or_lists_all_it_has(source, name):
    every = kind_of(source, name).every
    texts = first(source, name)
    assert texts[:50] == first(source, name, 50)
    assert len(set(texts)) == len(texts)
    if every is None:
        assert len(texts) == 200
    else:
        assert sorted(first(source, name, 10_000)) == sorted(every())


@pytest.mark.parametrize("source, name", KINDS)
def test_inputs_are_short_plain_and_have_no_blanks_at_their_ends(source, name):
    for text in first(source, name):
        assert 8 <= len(text) <= 350
        assert text == text.strip()
        assert text.isascii()
        assert text.replace("\n", "").replace("\t", "").isprintable()


def test_lengths_are_those_of_the_benchmark():
    texts = [text for name in ALL for _, text in spread(SOURCES[name], 42, 200, set())]
    assert 80 <= median(len(text) for text in texts) <= 120
    assert sum(len(text) <= 300 for text in texts) > 0.98 * len(texts)
    assert sum("\n" in text for text in texts) > 0.4 * len(texts)
    assert len(set(texts)) == len(texts)


def test_inputs_depend_on_seed_source_and_kind():
    kind = kind_of("dna", "random")
    given = {
        tuple(islice(inputs(source, Kind(name, kind.draw), seed), 5))
        for source in ("dna", "other")
        for name in ("random", "other")
        for seed in (0, 1, 2**70)
    }
    assert len(given) == 12


def test_the_order_is_frozen():
    (windows,) = first("dna", "k_mers", 1, seed=1)
    assert windows.startswith("GTA TAA AAT ATA TAG AGC GCG CGA")
    (one,) = first("string", "pangram", 1, seed=1)
    assert one == "Zoe packed twelve jars of quince jam next to the big ivory shelves"


def test_a_seed_below_zero_is_refused():
    with pytest.raises(InputError, match="0 or more, not -1"):
        spread(SOURCES["dna"], -1, 1, set())


def test_an_exhausted_kind_passes_its_share_on():
    source = Source("s", (listed("few", "a", "b"), listed("many", *map(str, range(9)))))
    given = [kind for kind, _ in spread(source, 1, 8, set())]
    assert given == ["few", "many"] * 2 + ["many"] * 4


def test_a_kind_that_draws_the_same_again_and_again_ends():
    kind = Kind("coin", lambda rng: "ht"[rng.integers(2)])
    assert sorted(inputs("s", kind, 1)) == ["h", "t"]


def test_an_exhausted_source_says_how_many_inputs_it_has():
    (pangrams,) = chosen("string:pangram")
    size = len(pangrams.kinds[0].every())
    assert size >= 24
    taken = set()
    assert len(spread(pangrams, 42, size, taken)) == size
    message = f"string:pangram has {size} distinct inputs, not 100; ask for fewer"
    with pytest.raises(InputError) as raised:
        spread(pangrams, 42, 100, set())
    assert str(raised.value) == message
    with pytest.raises(InputError, match="has 0 distinct inputs left, not 1; ask for fewer"):
        spread(pangrams, 42, 1, taken)


def test_what_is_taken_is_left_out():
    source = Source("s", (listed("one", "a", "b", "c"), listed("two", "c", "d")))
    taken = {"a"}
    assert {text for _, text in spread(source, 1, 3, taken)} == {"b", "c", "d"}
    assert taken == {"a", "b", "c", "d"}


def test_nothing_is_taken_where_nothing_is_asked():
    assert spread(SOURCES["dna"], 1, 0, set()) == []


def test_sources_are_chosen_by_name_and_kind():
    assert [source.label for source in chosen("mixed")] == ["string", "log", "yaml", "csv", "dna"]
    labels = [source.label for source in chosen("csv, string:pangram,string:keyboard,csv")]
    assert labels == ["csv", "string:pangram", "string:keyboard"]
    assert {source.name for source in chosen("string:pangram,string:keyboard")} == {"string"}


def test_a_narrowed_source_gives_the_inputs_that_the_whole_one_gives():
    (narrow,) = chosen("dna:k_mers")
    whole = [pair for pair in spread(SOURCES["dna"], 42, 200, set()) if pair[0] == "k_mers"]
    assert spread(narrow, 42, 20, set()) == whole


@pytest.mark.parametrize(
    "text, message",
    [
        ("strings", "no source is called 'strings'; there are mixed, string, log, yaml, csv, dna"),
        ("", "no source is called ''"),
        ("csv:wide", "csv has no kind 'wide'; it has numeric, alphanumeric, mixed, "),
        ("csv:", "csv has no kind ''"),
        ("mixed:wide", "no source is called 'mixed'"),
    ],
)
def test_unknown_sources_and_kinds_are_refused(text, message):
    with pytest.raises(InputError) as raised:
        chosen(text)
    assert str(raised.value).startswith(message)


def test_pangrams_hold_the_alphabet():
    for name in ("pangram", "pangram_mixed"):
        for text in first("string", name):
            assert set(ascii_lowercase) <= set(text.lower())


def test_palindromes_are_and_near_palindromes_are_not():
    assert all(text == text[::-1] for text in first("string", "palindrome"))
    for text in first("string", "near_palindrome"):
        differ = sum(a != b for a, b in zip(text, reversed(text), strict=True))
        assert differ in (2, 4)


YAML = [kind.name for kind in SOURCES["yaml"].kinds if kind.name != "terraform"]


@pytest.mark.parametrize("name", YAML)
def test_yaml_documents_parse(name):
    yaml = pytest.importorskip("yaml")
    for text in first("yaml", name):
        assert isinstance(yaml.safe_load(text), list if name == "ansible" else dict)
        assert len(text) >= 80


def test_terraform_closes_what_it_opens():
    for text in first("yaml", "terraform"):
        assert text.count("{") == text.count("}") > 0
        assert text.count('"') % 2 == 0


@pytest.mark.parametrize("name", [kind.name for kind in SOURCES["csv"].kinds])
def test_lines_of_a_table_have_the_same_number_of_cells(name):
    seen = set()
    for text in first("csv", name):
        separator = "\t" if "\t" in text else ","
        seen.add(separator)
        counts = {line.count(separator) for line in text.split("\n")}
        assert len(counts) == 1
        assert counts.pop() >= 1
    assert seen == {",", "\t"}


BETWEEN = {"snp_variants": "\n", "k_mers": " "}
PLAIN_DNA = [kind.name for kind in SOURCES["dna"].kinds if kind.name != "fasta_record"]


@pytest.mark.parametrize("name", PLAIN_DNA)
def test_dna_has_four_bases(name):
    for text in first("dna", name):
        assert set(text) <= {*"ACGT", *BETWEEN.get(name, "")}


def test_a_fasta_record_has_a_header_with_the_length():
    for text in first("dna", "fasta_record"):
        header, *lines = text.split("\n")
        assert header.startswith(">")
        assert header.endswith(f" len={len(''.join(lines))}")
        assert set("".join(lines)) <= set("ACGT")
        assert all(len(line) == len(lines[0]) for line in lines[:-1])


def test_dna_has_the_structure_that_it_names():
    pairs = {"A": "T", "C": "G", "G": "C", "T": "A"}
    for text in first("dna", "reverse_complement_palindrome"):
        assert text == "".join(pairs[base] for base in reversed(text))
    for text in first("dna", "orf_like"):
        codons = [text[at : at + 3] for at in range(0, len(text), 3)]
        stops = [codon in ("TAA", "TAG", "TGA") for codon in codons]
        assert (codons[0], stops) == ("ATG", [False] * (len(codons) - 1) + [True])
    for text in first("dna", "snp_variants"):
        sequence, *variants = text.split("\n")
        for variant in variants:
            assert sum(a != b for a, b in zip(sequence, variant, strict=True)) == 1
    for text in first("dna", "gc_clamp"):
        assert set(text[:3] + text[-3:]) <= {"G", "C"}
    for text in first("dna", "k_mers"):
        windows = text.split()
        assert all(a[1:] == b[:-1] for a, b in pairwise(windows))


def test_half_of_the_log_records_have_many_lines():
    texts = [text for _, text in spread(SOURCES["log"], 42, 200, set())]
    assert sum("\n" in text for text in texts) >= 100
    assert max(text.count("\n") for text in texts) == 3
