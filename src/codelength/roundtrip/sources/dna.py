"""DNA: sequences over A, C, G and T with the structure that genomes have.

Example: reverse_complement_palindrome -> "GAATTC", which is its own reverse complement.
"""

from numpy.random import Generator

from codelength.roundtrip.sources.kinds import Kind, Source, between, letters, pick

BASES = "ACGT"
STOPS = ("TAA", "TAG", "TGA")
CODONS = tuple(a + b + c for a in BASES for b in BASES for c in BASES if a + b + c not in STOPS)


def reverse_complement(sequence: str) -> str:
    """The other strand, read in its own direction."""
    return sequence[::-1].translate(str.maketrans("ACGT", "TGCA"))


def bases(rng: Generator, low: int, high: int) -> str:
    """So many random bases."""
    return letters(rng, BASES, between(rng, low, high))


def random(rng: Generator) -> str:
    """Bases without structure."""
    return bases(rng, 16, 120)


def motif_repeat(rng: Generator) -> str:
    """A motif, again and again, with a few random bases here and there."""
    motif = bases(rng, 4, 8)
    return "".join(motif + bases(rng, 0, 3) for _ in range(between(rng, 3, 10)))


def reverse_complement_palindrome(rng: Generator) -> str:
    """Half a sequence, then its reverse complement."""
    half = bases(rng, 6, 40)
    return half + reverse_complement(half)


def orf_like(rng: Generator) -> str:
    """A start codon, codons that do not stop, a stop codon."""
    inner = "".join(pick(rng, CODONS) for _ in range(between(rng, 4, 36)))
    return "ATG" + inner + pick(rng, STOPS)


def microsatellite(rng: Generator) -> str:
    """A unit of one to four bases in a row, between two random flanks."""
    unit = bases(rng, 1, 4)
    return bases(rng, 4, 12) + unit * between(rng, 6, 20) + bases(rng, 4, 12)


def snp_variants(rng: Generator) -> str:
    """A sequence and copies of it that differ in one base each, one a line."""
    sequence = bases(rng, 12, 40)
    lines = [sequence]
    for _ in range(between(rng, 1, 4)):
        at = between(rng, 0, len(sequence) - 1)
        other = pick(rng, BASES.replace(sequence[at], ""))
        lines.append(sequence[:at] + other + sequence[at + 1 :])
    return "\n".join(lines)


def gc_clamp(rng: Generator) -> str:
    """A body that is mostly A and T, held between runs of G and C."""
    low, high = (letters(rng, "GC", between(rng, 3, 8)) for _ in range(2))
    return low + letters(rng, "AATTATGC", between(rng, 12, 80)) + high


def fasta_record(rng: Generator) -> str:
    """A header with a name and the length, then the sequence in lines of one width."""
    sequence = bases(rng, 24, 140)
    width = pick(rng, (20, 30, 40, 60))
    organism = pick(rng, ("human", "mouse", "yeast", "maize", "ecoli", "phage"))
    header = f">{pick(rng, ('seq', 'gene', 'read', 'contig'))}{between(rng, 1, 999)} {organism}"
    lines = [sequence[at : at + width] for at in range(0, len(sequence), width)]
    return "\n".join([f"{header} len={len(sequence)}", *lines])


def codon_repeat(rng: Generator) -> str:
    """One to three codons, the same number of times each."""
    times = between(rng, 4, 14)
    return "".join(pick(rng, CODONS) * times for _ in range(between(rng, 1, 3)))


def k_mers(rng: Generator) -> str:
    """All windows of k bases of a sequence, in order."""
    sequence, k = bases(rng, 10, 26), between(rng, 3, 6)
    return " ".join(sequence[at : at + k] for at in range(len(sequence) - k + 1))


SOURCE = Source(
    "dna",
    (
        Kind("random", random),
        Kind("motif_repeat", motif_repeat),
        Kind("reverse_complement_palindrome", reverse_complement_palindrome),
        Kind("orf_like", orf_like),
        Kind("microsatellite", microsatellite),
        Kind("snp_variants", snp_variants),
        Kind("gc_clamp", gc_clamp),
        Kind("fasta_record", fasta_record),
        Kind("codon_repeat", codon_repeat),
        Kind("k_mers", k_mers),
    ),
)
