"""Files are whole or as they were, and stay in the workspace."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flowlang.contact import Contact
from flowlang.engine.files import FileFailure, PartLost
from flowlang.figures.files import WorkspaceFiles, write
from flowlang.steps.jobs import REPORTS
from flowlang.tables.formats import formats, of_file
from flowlang.tables.table import Column, Row, Table
from tests.figures.shop import SHOP, STORY, Shop

PEOPLE = [Contact("a", {"email": "a@example.com"}), Contact("b", {"first_name": "=1"})]


def a_table(*batches: list[Row]) -> Table:
    return Table("x", (Column("name"), Column("score")), iter(batches), ZoneInfo("UTC"))


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


@pytest.fixture
def files(shop: Shop) -> WorkspaceFiles:
    return WorkspaceFiles(shop.folder, shop.program, shop.store)


def beside(folder: Path) -> list[str]:
    """What lies in a folder that is neither a store nor wanted."""
    return sorted(one.name for one in folder.iterdir() if not one.name.startswith("state.db"))


# ---------------------------------------------------------------------- whole tables


def test_a_file_begins_with_a_mark_for_excel_and_a_stream_with_none(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    assert write(path, a_table([("Änne", 1)], [("=1", -2)]), of_file(path, "text")) == 2
    assert path.read_bytes() == "\ufeffname,score\nÄnne,1\n'=1,-2\n".encode()
    assert beside(tmp_path) == ["x.csv"]


def test_a_table_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("before")

    def batches() -> Iterator[list[Row]]:
        yield [("Anna", 1)]
        raise RuntimeError("the store is gone")

    broken = Table("x", (Column("name"), Column("score")), batches(), ZoneInfo("UTC"))
    with pytest.raises(RuntimeError):
        write(path, broken, formats()["csv"])
    assert path.read_text() == "before"
    assert beside(tmp_path) == ["x.csv"]


def test_a_file_keeps_who_may_read_it_and_a_link_stays_one(tmp_path: Path) -> None:
    path, link = tmp_path / "real.csv", tmp_path / "link.csv"
    path.write_text("before")
    path.chmod(0o600)
    link.symlink_to(path)
    write(link, a_table([("Anna", 1)]), formats()["csv"])
    assert link.is_symlink()
    assert "Anna" in path.read_text()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write(pipe, a_table([("Anna", 1)]), formats()["jsonl"])
    assert os.read(reader, 999) == b'{"name": "Anna", "score": 1}\n'
    os.close(reader)
    assert pipe.is_fifo()


def test_a_long_table_of_text_is_written_row_by_row(tmp_path: Path) -> None:
    many: list[Row] = [(f"n{number}", number) for number in range(2_500)]
    path = tmp_path / "x.txt"
    table = a_table(many[:900], many[900:], [("long " * 30, None)])
    assert write(path, table, of_file(path, "")) == 2501
    lines = path.read_text().splitlines()
    assert len(lines) == 2502
    assert lines[0] == "name   score"
    assert lines[2500] == "n2499  2,499"
    assert lines[-1].endswith("...")


# ---------------------------------------------------------------------- the files of jobs


def test_contacts_are_written_part_by_part_and_seen_when_they_are_whole(
    files: WorkspaceFiles, shop: Shop
) -> None:
    path = shop.folder / "out" / "people.csv"
    size = files.extend(path, 0, PEOPLE[:1])
    assert not path.exists()
    # A try that was not saved is written over.
    files.extend(path, size, PEOPLE)
    size = files.extend(path, size, PEOPLE[1:])
    files.publish(path)
    assert path.stat().st_size == size
    head, *rows = path.read_text("utf-8-sig").splitlines()
    assert head.startswith("id,email,")
    assert [row.split(",")[0] for row in rows] == ["a", "b"]
    assert beside(path.parent) == ["people.csv"]
    files.publish(path)  # killed before it was noted that the file is in its place
    assert path.stat().st_size == size


def test_a_part_that_is_gone_is_told(files: WorkspaceFiles, shop: Shop) -> None:
    path = shop.folder / "people.jsonl"
    size = files.extend(path, 0, PEOPLE)
    (part,) = [one for one in shop.folder.iterdir() if one.name.endswith(".part")]
    part.write_bytes(part.read_bytes()[:-1])
    with pytest.raises(PartLost):
        files.extend(path, size, PEOPLE)
    part.unlink()
    with pytest.raises(PartLost):
        files.extend(path, size, PEOPLE)
    with pytest.raises(PartLost):
        files.publish(path)


def test_nobody_to_export_is_a_file_with_a_head(files: WorkspaceFiles, shop: Shop) -> None:
    path = shop.folder / "people.csv"
    files.extend(path, 0, [])
    files.publish(path)
    assert path.read_text("utf-8-sig").splitlines()[1:] == []
    assert path.read_text("utf-8-sig").startswith("id,email")


def test_what_was_exported_is_imported(files: WorkspaceFiles, shop: Shop) -> None:
    path = shop.folder / "people.csv"
    files.extend(path, 0, PEOPLE)
    files.publish(path)
    found = files.contacts(path)
    assert [(row.id, row.fields["first_name"]) for row in found.rows] == [("a", None), ("b", "=1")]


def test_codes_are_read(files: WorkspaceFiles, shop: Shop) -> None:
    (shop.folder / "codes.txt").write_text("A1\nA2\nA1\n")
    assert files.codes(shop.folder / "codes.txt").codes == ("A1", "A2")


@pytest.mark.parametrize("name", REPORTS)
@pytest.mark.parametrize("suffix", ["csv", "jsonl", "json", "txt", "unknown"])
def test_a_report_is_written_also_within_a_transaction(
    files: WorkspaceFiles, shop: Shop, name: str, suffix: str
) -> None:
    shop.run(STORY, 40)
    path = shop.folder / "deep" / "er" / f"{name}.{suffix}"
    with shop.store.transaction():
        files.write_report(path, name)
    form = {"txt": "text", "unknown": "csv"}.get(suffix, suffix)
    assert path.read_text("utf-8-sig") == shop.text_of(name, form)


def test_what_cannot_be_read_or_written_is_told_in_a_line(
    files: WorkspaceFiles, shop: Shop
) -> None:
    with pytest.raises(FileFailure, match=r"codes\.txt: No such file"):
        files.codes(shop.folder / "codes.txt")
    (shop.folder / "folder.csv").mkdir()
    for do in (
        lambda: files.write_report(shop.folder / "folder.csv", "coupons"),
        lambda: files.contacts(shop.folder / "folder.csv"),
        lambda: files.write_report(shop.folder / "state.db" / "x.csv", "coupons"),
    ):
        with pytest.raises(FileFailure, match=r"(Is a|Not a) directory|File exists"):
            do()


@pytest.mark.parametrize("path", ["../x.csv", "/tmp/x.csv", "link/x.csv"])  # noqa: S108 - never made
def test_nothing_outside_of_the_workspace_is_touched(
    files: WorkspaceFiles, shop: Shop, tmp_path: Path, path: str
) -> None:
    (shop.folder / "link").symlink_to(tmp_path)
    for do in (
        lambda: files.write_report(shop.folder / path, "coupons"),
        lambda: files.extend(shop.folder / path, 0, PEOPLE),
        lambda: files.publish(shop.folder / path),
        lambda: files.contacts(shop.folder / path),
        lambda: files.codes(shop.folder / path),
    ):
        with pytest.raises(FileFailure, match="lies outside the workspace"):
            do()
    assert not (tmp_path / "x.csv").exists()


AUTOMATION = """
automation "Figures"
  every day at 12:30
  export contacts where score >= 50 to "out/hot-{date}.csv"
  export report "messages" to "out/messages-{date}.jsonl"
  export report "processes" to "out/processes.csv"
"""


def test_an_automation_writes_what_a_person_would_get(tmp_path: Path) -> None:
    shop = Shop(tmp_path / "shop", SHOP + AUTOMATION)
    shop.run(STORY, 28)
    out = shop.folder / "out"
    assert beside(out) == [
        "hot-2026-11-20.csv", "hot-2026-11-21.csv", "messages-2026-11-20.jsonl",
        "messages-2026-11-21.jsonl", "processes.csv",
    ]  # fmt: skip
    _, *hot = (out / "hot-2026-11-21.csv").read_text("utf-8-sig").splitlines()
    assert [row.split(",")[0] for row in hot] == ["anna"]
    rows = map(json.loads, (out / "messages-2026-11-21.jsonl").read_text().splitlines())
    assert {row["message"]: (row["sent"], row["opened"], row["clicked"]) for row in rows} == {
        "Hello": (4, 0, 0), "Offer": (2, 1, 0), "To the shop": (3, 0, 0)
    }  # fmt: skip
