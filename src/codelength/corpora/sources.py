"""Public data by name: where they are, how large, under which licence; fetched and checked.

Example: fetch("enwik8", Path("data")) -> data/enwik8/enwik8.zip, after a check of its hash.
A fetch that was stopped goes on where it was.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codelength.errors import InputError

Progress = Callable[[int, int], None]
"""Is told bytes that are here, and bytes in all (0: not known)."""
BLOCK = 1 << 16
PARTS = ".parts"
"""The folder of files that have not come whole: no corpus looks there."""
WAIT = 60.0
"""Seconds without an answer after which a fetch gives up."""


@dataclass(frozen=True)
class Source:
    """One file of a public data set.

    Arguments:
        folder: of the data folder, where it is kept.
        hash: "md5:..." or "sha256:...", as its publisher gives it or as the whole file has it.
        size: bytes, about.
        what: it is.
    """

    name: str
    url: str
    hash: str
    size: int
    folder: str
    licence: str
    what: str

    @property
    def file(self) -> str:
        """Its name."""
        return self.url.rsplit("/", 1)[1]


_SPEECH = "https://www.openslr.org/resources/12"
_GENOMES = "https://hgdownload.soe.ucsc.edu/goldenPath"
_CC_BY_SA = "CC BY-SA 3.0 and GFDL"

SOURCES = {
    one.name: one
    for one in (
        Source(
            "enwik8",
            "https://mattmahoney.net/dc/enwik8.zip",
            "sha256:547994d9980ebed1288380d652999f38a14fe291a6247c157c3d33d4932534bc",
            36_445_475,
            "enwik8",
            _CC_BY_SA,
            "the first 10^8 bytes of the English Wikipedia of 2006-03-03",
        ),
        Source(
            "enwik9",
            "https://mattmahoney.net/dc/enwik9.zip",
            "md5:3e773f8a1577fda2e27f871ca17f31fd",
            322_592_222,
            "enwik9",
            _CC_BY_SA,
            "its first 10^9 bytes",
        ),
        *(
            Source(
                f"librispeech-{part}",
                f"{_SPEECH}/{part}.tar.gz",
                f"md5:{digest}",
                size,
                "librispeech",
                "CC BY 4.0",
                "English read aloud, 16 kHz, FLAC",
            )
            for part, digest, size in (
                ("dev-clean", "42e2234ba48799c1f50f24a7926300a1", 337_926_286),
                ("dev-other", "c8d0bcc9cca99d4f8b62fcc847357931", 314_305_928),
                ("test-clean", "32fa31d27d2e1cad72775fee3f4849a9", 346_663_984),
                ("test-other", "fb5a50374b501bb3bac4815ee91d3135", 328_757_843),
            )
        ),
        Source(
            "grch38",
            f"{_GENOMES}/hg38/bigZips/hg38.fa.gz",
            "md5:1c9dcaddfa41027f17cd8f7a82c7293b",
            983_659_424,
            "hg38",
            "free",
            "the human genome, GRCh38, repeats in small letters",
        ),
        Source(
            "chm13",
            f"{_GENOMES}/hs1/bigZips/hs1.fa.gz",
            "md5:a493d5402cc86ecc3f54f6346d980036",
            980_000_000,
            "chm13",
            "free",
            "the human genome, T2T-CHM13v2.0, repeats in small letters: KT's DNA is its chr1",
        ),
        Source(
            "cifar10",
            "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
            "md5:c32a1d4ab5d03f1284b67883e8d87530",
            170_052_171,
            "cifar10",
            "none stated; cite Krizhevsky 2009",
            "60,000 photographs of 32 x 32 pixels, RGB",
        ),
        Source(
            "cpython",
            "https://www.python.org/ftp/python/3.12.0/Python-3.12.0.tgz",
            "sha256:51412956d24a1ef7c97f1cb5f70e185c13e3de1f50d131c0aac6338080687afb",
            27_195_214,
            "cpython",
            "PSF License 2",
            "Python's own source code, release 3.12.0",
        ),
    )
}


def known(name: str) -> Source:
    """A source by name.

    Raises:
        InputError: there is none.
    """
    if name not in SOURCES:
        raise InputError(f"no source {name!r}; there are {', '.join(SOURCES)}")
    return SOURCES[name]


def fetch(source: Source, data: Path, progress: Progress = lambda here, total: None) -> Path:
    """The file of a source, fetched if it is not in the data folder yet, its hash checked.

    A file that is there already is checked, too.

    Arguments:
        data: the data folder.

    Raises:
        InputError: it cannot be fetched, or its hash is another.
    """
    try:
        import pooch
        import requests
    except ImportError as error:
        raise InputError("fetching needs pooch: pip install 'codelength[data]'") from error
    pooch.get_logger().setLevel("ERROR")
    folder = data / source.folder
    resumed = Resumed(data / PARTS / source.file, progress)
    try:
        found = pooch.retrieve(
            source.url, source.hash, fname=source.file, path=folder, downloader=resumed
        )
    except requests.exceptions.RequestException as error:
        raise InputError(
            f"{source.name}: {source.url} cannot be fetched: {error}; what has come is kept, and"
            " the same command goes on from there"
        ) from error
    except ValueError as error:
        raise InputError(
            f"{source.name}: what came from {source.url} has not the hash {source.hash}; try again"
        ) from error
    except OSError as error:
        raise InputError(f"{source.name}: cannot write {folder}: {error.strerror}") from error
    return Path(found)


class Resumed:
    """A downloader for pooch that keeps what has come, and goes on from there.

    Arguments:
        kept: the file that grows; it is moved away once it is whole.
        progress: see `Progress`.
    """

    def __init__(self, kept: Path, progress: Progress) -> None:
        self._kept, self._progress = kept, progress

    def __call__(self, url: str, output_file: Any, pooch: Any) -> None:
        """Fetch `url` into `output_file`, a path."""
        import requests

        self._kept.parent.mkdir(parents=True, exist_ok=True)
        here = self._kept.stat().st_size if self._kept.exists() else 0
        asked = {"Range": f"bytes={here}-"} if here else {}
        with requests.get(url, headers=asked, stream=True, timeout=WAIT) as answer:
            if answer.status_code == requests.codes.requested_range_not_satisfiable:
                self._kept.unlink()
                return self(url, output_file, pooch)
            answer.raise_for_status()
            if answer.status_code != requests.codes.partial_content:
                here = 0
            total = here + int(answer.headers.get("Content-Length", 0))
            with self._kept.open("ab" if here else "wb") as file:
                for block in answer.iter_content(BLOCK):
                    file.write(block)
                    here += len(block)
                    self._progress(here, total)
        if here < total:
            raise requests.exceptions.ConnectionError(f"{here:,} of {total:,} bytes came")
        self._kept.replace(output_file)
        return None
