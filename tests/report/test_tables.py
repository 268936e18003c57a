import pytest
from rich.console import Console

from codelength.kt.metrics import Score
from codelength.report.kt import kt_sources, kt_table, kt_table_narrow
from codelength.report.tables import Table

ROW = Score(
    modality="synthetic", codec="gold:prior=paper", item_length=128, instances=13_379,
    accuracy=0.5, compression_rate=0.25, compression_rate_joint=0.125, precision=0.5,
    precision_items=None, raw_bits=1000, coded_bits=250, ideal_bits=249.5, container_bits=8,
    verified=True, data="ab" * 32, seed=3, limit=None, observer="exact",
)  # fmt: skip


def test_cells_line_up_and_cannot_break_the_table():
    table = Table(("name", "rate"), [("a|b\nc", "1"), ("d", "22.5")])
    assert table.markdown().splitlines() == [
        "| name   | rate |",
        "| ------ | ---: |",
        "| a\\|b c |    1 |",
        "| d      | 22.5 |",
    ]


@pytest.mark.parametrize(("make", "most"), [(kt_table, 160), (kt_table_narrow, 80)])
def test_tables_fit_their_terminals(make, most):
    table = make([ROW])
    assert table.width <= most
    console = Console(width=table.width)
    with console.capture() as shown:
        console.print(table.rich())
    text = shown.get()
    assert "gold:prior=paper" in text and "13,379" in text and "…" not in text


def test_joint_gzip_rows_are_estimates_without_message_bits():
    (row,) = kt_table([ROW], "joint-gzip").rows
    assert row[5] == "0.1250" and row[-1] == "estimate" and set(row[8:11]) == {"-"}
    (row,) = kt_table([ROW]).rows
    assert row[5] == "0.2500" and row[-1] == "yes" and row[8] == "250"


def test_sources_name_data_seed_and_observer():
    assert kt_sources([ROW, ROW]) == f"synthetic: sha256 {'ab' * 8}, seed 3, observer exact"
