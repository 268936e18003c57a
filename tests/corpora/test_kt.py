from hashlib import sha256

import pytest

from codelength.corpora.files import FileCorpus
from codelength.corpora.instances import Condition
from codelength.corpora.kt import MODALITIES, SYNTHETIC_BYTES, kt_corpus
from codelength.errors import InputError


@pytest.mark.parametrize("name", MODALITIES)
def test_items_are_the_file_cut(data, name):
    whole = (data / "kolmogorov_test" / f"{name}.bin").read_bytes()
    (one,) = kt_corpus(name, None, data=data)
    assert one.target == whole and sha256(whole).hexdigest() == MODALITIES[name].sha256
    if name == "synthetic":
        return
    items = list(kt_corpus(name, 100, data=data))
    assert b"".join(item.target for item in items) == whole
    assert len(items) == len(kt_corpus(name, 100, data=data)) == -(-len(whole) // 100)
    assert all(item.given.length == len(item.target) for item in items)


def test_dna_has_three_bits_a_base(data):
    corpus = kt_corpus("dna", 128, 1, data=data)
    (item,) = corpus
    assert item.raw_bits == 384 and item.given == Condition(128, 8)


def test_the_data_folder_may_be_the_inner_one(data):
    inner = data / "kolmogorov_test"
    assert next(iter(kt_corpus("text", 16, data=inner))).target == b"<mediawiki xmlns"


def test_limit_takes_the_first_items(data):
    items = list(kt_corpus("text", 16, limit=3, data=data))
    assert [item.id for item in items] == ["text/0", "text/1", "text/2"]


def test_synthetic_items_are_sampled_uncut_with_private_lengths():
    items = list(kt_corpus("synthetic", 16, limit=50, seed=9))
    assert len(items) == 50 and any(len(item.target) > 16 for item in items)
    assert all(item.given.length is None and item.gold for item in items)
    again = list(kt_corpus("synthetic", 128, limit=50, seed=9))
    assert [item.target for item in items] == [item.target for item in again]


def test_synthetic_items_stop_at_the_size_of_the_authors_file():
    items = list(kt_corpus("synthetic", seed=9))
    symbols = sum(len(item.target) for item in items)
    assert symbols >= SYNTHETIC_BYTES > symbols - len(items[-1].target)


def test_a_missing_folder_says_which_file_from_where_and_what_works(monkeypatch, tmp_path):
    monkeypatch.delenv("CODELENGTH_DATA", raising=False)
    for data in (None, tmp_path):
        with pytest.raises(InputError, match=r"text\.bin .*KoLMogorov.*--modality synthetic"):
            kt_corpus("text", data=data)


def test_an_altered_file_is_refused_by_its_hash(tmp_path):
    (tmp_path / "kolmogorov_test").mkdir()
    (tmp_path / "kolmogorov_test" / "text.bin").write_bytes(b"not KT's")
    with pytest.raises(InputError, match="is not KT's file: 8 bytes, sha256"):
        kt_corpus("text", data=tmp_path)


@pytest.mark.parametrize(("arguments", "says"), [
    ({"modality": "tex"}, "unknown modality 'tex'; there are text, dna"),
    ({"modality": "text", "item_length": 0}, "--item-length"),
    ({"modality": "text", "limit": 0}, "--limit"),
    ({"modality": "file:/nowhere"}, "cannot read /nowhere: No such file"),
])  # fmt: skip
def test_bad_requests_are_refused(arguments, says):
    with pytest.raises(InputError, match=says):
        kt_corpus(**arguments)


def test_any_file_is_a_corpus(tmp_path):
    path = tmp_path / "some, file:1.bin"
    path.write_bytes(bytes(range(10)))
    items = list(FileCorpus(path, 4))
    assert [len(item.target) for item in items] == [4, 4, 2]
    assert len({item.id for item in items}) == 3
    path.write_bytes(b"")
    (empty,) = FileCorpus(path, 4)
    assert empty.target == b"" and empty.raw_bits == 0


def test_conditions_are_sane():
    with pytest.raises(ValueError):
        Condition(alphabet=1)
    with pytest.raises(ValueError):
        Condition(length=-1)
