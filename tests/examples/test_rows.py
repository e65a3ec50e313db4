"""Every row that users asked for has a line of an example that shows it, and a test."""

from __future__ import annotations

import pytest

from tests.examples import rows

_LAST = {"S1": 8, "S2": 11, "S3": 8, "S4": 13, "S5": 4}


def test_every_row_is_in_the_table() -> None:
    asked = [
        f"{source}.{number}" for source, last in _LAST.items() for number in range(1, last + 1)
    ]
    assert [row.name for row in rows.ROWS] == asked


@pytest.mark.parametrize("row", rows.ROWS, ids=lambda row: row.name)
def test_a_row_has_its_line_and_its_tests(row: rows.Row) -> None:
    _, line = rows.place(row)
    assert line > 0
    assert rows.tests().get(row.name)


def test_no_test_is_named_after_a_row_that_there_is_not() -> None:
    assert set(rows.tests()) <= {row.name for row in rows.ROWS}


def test_the_table_of_rows_is_up_to_date() -> None:
    assert (rows.TOP / "docs" / "rows.md").read_text(encoding="utf-8") == rows.table()
