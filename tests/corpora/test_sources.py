"""Fetching: checked by hash, gone on with after a stop, refused in words."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from codelength.corpora.sources import PARTS, SOURCES, Source, fetch, known
from codelength.errors import InputError

pytest.importorskip("pooch", reason="the extra 'data' is not installed")

CONTENT = bytes(range(256)) * 5000


class Shop(ThreadingHTTPServer):
    """Serves `CONTENT`; may stop in the middle, or know no ranges."""

    breaks_at: int | None = None
    ranges = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Till)
        self.asked: list[str | None] = []


class Till(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        if self.path != "/file.bin":
            self.send_error(404)
            return
        first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.ranges else 0
        if first >= len(CONTENT):
            self.send_error(416)
            return
        rest = CONTENT[first:]
        self.send_response(206 if first else 200)
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        end = self.server.breaks_at
        self.wfile.write(rest if end is None else rest[: max(0, end - first)])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def source(shop: Shop, content: bytes = CONTENT, file: str = "file.bin") -> Source:
    url = f"http://127.0.0.1:{shop.server_port}/{file}"
    digest = hashlib.sha256(content).hexdigest()
    return Source("it", url, f"sha256:{digest}", len(content), "folder", "free", "it")


def test_a_file_comes_whole_with_progress_and_only_once(shop, tmp_path):
    told: list[tuple[int, int]] = []
    path = fetch(source(shop), tmp_path, lambda *step: told.append(step))
    assert path == tmp_path / "folder" / "file.bin" and path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT))
    fetch(source(shop), tmp_path)
    assert shop.asked == [None]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_fetch_that_was_stopped_goes_on(shop, tmp_path, ranges):
    shop.breaks_at, shop.ranges = 900_000, ranges
    with pytest.raises(InputError, match="goes on from there"):
        fetch(source(shop), tmp_path)
    assert not list((tmp_path / "folder").iterdir())  # nothing that a corpus could take for it
    shop.breaks_at = None
    assert fetch(source(shop), tmp_path).read_bytes() == CONTENT
    assert shop.asked[1] is not None and shop.asked[1] != "bytes=0-"


def test_another_hash_is_refused_and_nothing_is_left_as_the_file(shop, tmp_path):
    with pytest.raises(InputError, match="hash"):
        fetch(source(shop, b"other"), tmp_path)
    assert not (tmp_path / "folder" / "file.bin").exists()
    assert fetch(source(shop), tmp_path).read_bytes() == CONTENT


def test_rubbish_that_is_too_long_is_thrown_away(shop, tmp_path):
    (tmp_path / PARTS).mkdir()
    (tmp_path / PARTS / "file.bin").write_bytes(CONTENT + b"more")
    assert fetch(source(shop), tmp_path).read_bytes() == CONTENT


def test_what_is_not_there_is_said(shop, tmp_path):
    with pytest.raises(InputError, match="404"):
        fetch(source(shop, file="other.bin"), tmp_path)


def test_sources_have_a_hash_a_licence_and_https():
    for one in SOURCES.values():
        kind, _, digest = one.hash.partition(":")
        assert len(digest) == {"md5": 32, "sha256": 64}[kind]
        assert one.licence and one.size > 10**6 and one.url.startswith("https://")
    with pytest.raises(InputError, match="enwik8"):
        known("enwik7")
