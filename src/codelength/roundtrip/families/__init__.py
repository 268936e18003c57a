"""The families: each module has the functions that are shown, and a `FAMILY` of them."""

from codelength.roundtrip.families import ae, bwt, delta, huffman, lz77, lzw, rle
from codelength.roundtrip.families.family import SIDES, Code, Family, Table, Value

FAMILIES = {
    family.name: family
    for family in (
        lzw.FAMILY,
        ae.FAMILY,
        rle.FAMILY,
        huffman.FAMILY,
        ae.SHORTEST,
        lz77.FAMILY,
        bwt.FAMILY,
        delta.FAMILY,
    )
}
"""By name; the paper's four first."""

__all__ = ["FAMILIES", "SIDES", "Code", "Family", "Table", "Value"]
