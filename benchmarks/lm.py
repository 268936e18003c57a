"""Language models as compressors: bits a byte that decode, files that come back, speed.

python benchmarks/lm.py rates --bytes 262144 --start 0 --exact lockstep
python benchmarks/lm.py files
python benchmarks/lm.py speed
python benchmarks/lm.py kt

Texts are enwik8's (folder enwik8 of CODELENGTH_DATA), items those of KT (kolmogorov_test).
"""

import argparse
import sys

from lm_files import files
from lm_kt import kt
from lm_rates import rates
from lm_speed import speed

from codelength.corpora.kt import MODALITIES
from codelength.errors import CodelengthError
from codelength.predictors.lm.catalogue import DEFAULT
from codelength.predictors.lm.exact import MODES, PORTABLE

PARTS = {"rates": rates, "files": files, "speed": speed, "kt": kt}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parts = parser.add_subparsers(dest="part", required=True)
    for name, function in PARTS.items():
        one = parts.add_parser(name)
        one.set_defaults(function=function)
        one.add_argument("--model", default=DEFAULT)
        one.add_argument("--start", type=int, default=2_000_000, help="of the text in enwik8")
        if name == "rates":
            one.add_argument("--bytes", type=int, default=32_768)
            one.add_argument("--exact", choices=MODES, default=PORTABLE)
            one.add_argument("--modes", default="text,ensemble", help="comma list")
            one.add_argument("--window", type=int, default=1024, help="tokens")
            one.add_argument("--parts", type=int, default=0, help="of an ensemble, in step")
        if name == "files":
            one.add_argument("--small", default="", help="a tiny model, for the file of 5 MB")
            one.add_argument("--only", default="", help="files whose name has this")
        if name == "kt":
            one.add_argument("--symbols", type=int, default=2048, help="of each length")
            one.add_argument("--verified", type=int, default=4, help="items of 128 symbols")
            one.add_argument("--window", type=int, default=1024, help="tokens")
            one.add_argument("--modalities", default=",".join(MODALITIES), help="comma list")
        if name == "speed":
            one.add_argument("--rows", type=int, default=64, help="in step")
            one.add_argument("--window", type=int, default=128, help="tokens of a row")
            one.add_argument("--only", default="", help="works whose name has this")
            one.add_argument("--repeat", type=int, default=1, help="of each; the fastest counts")
    options = parser.parse_args()
    print(f"`python benchmarks/lm.py {' '.join(sys.argv[1:])}`\n", flush=True)
    try:
        options.function(options)
    except CodelengthError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
