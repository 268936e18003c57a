"""SQL over many runs at once, by DuckDB.

Example: query([Path("runs/a")], "select codec, sum(coded_bits) from instances group by codec").
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from codelength.errors import InputError
from codelength.runs.store import find_runs, load_run


def query(folders: Sequence[Path], sql: str) -> list[dict[str, Any]]:
    """Rows of a query over the view `instances`: every row of every run.

    Beside the columns of `Row` the view has `run` (folder), `codec`, `modality`, `item_length`.

    Arguments:
        folders: run folders, or folders of run folders.

    Raises:
        InputError: no run there, or the SQL is wrong.
    """
    import duckdb

    if not sql.strip(" \t\n;"):
        raise InputError("the query is empty; ask e.g. 'select * from instances'")
    tables = []
    for folder in folders:
        for path in find_runs(folder):
            run = load_run(path)
            table = run.table()
            columns = {"run": str(path), "codec": run.codec}
            columns |= {key: str(run.corpus.get(key)) for key in ("modality", "item_length")}
            for name, value in columns.items():
                table = table.append_column(name, pa.array([value] * table.num_rows, pa.string()))
            tables.append(table)
    with duckdb.connect() as connection:
        connection.register("instances", pa.concat_tables(tables))
        try:
            found = connection.execute(sql)
            names = [column[0] for column in found.description or []]
            if len(set(names)) < len(names):
                raise InputError("two columns of the query have one name; rename one with AS")
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
        except duckdb.Error as error:
            raise InputError(f"the query failed: {str(error).splitlines()[0]}") from error
