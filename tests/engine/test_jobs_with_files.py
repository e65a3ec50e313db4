"""Jobs that read and write files of the workspace."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.engine.pass_report import Report
from flowlang.engine.planning import Refusal
from flowlang.engine.stretch_alone import stretch_alone
from flowlang.engine.worker import Worker
from flowlang.figures.files import WorkspaceFiles
from flowlang.stores import Store, open_store
from tests.engine.applied import begin, move
from tests.engine.automating import (
    HOUR,
    START,
    Memory,
    came,
    compiled,
    feed,
    notices,
    person,
    processes,
    run,
    told,
)
from tests.engine.killing import Killed, kill_at_save


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store("sqlite:///state.db", tmp_path)


FILES = """
contact
  score number

coupons "gift"
  when empty halt

group "Hot"

automation "Take"
  import contacts from "in/people.csv"
  if failed
    notify inbox "it failed"
  export contacts where score > 1 to "out/hot-{date}.csv"
  export contacts to "out/all.jsonl"
  export report "processes" to "out/processes.csv"
  refill coupons "gift" from "in/codes.txt"

automation "Told"
  on process failed
  notify inbox "{{ event.type }}: {{ event.because }}"

automation "Imported"
  on import finished where left_out > 0
  notify inbox "{{ event.source }}: {{ event.taken }} taken, {{ event.left_out }} left out"
"""
ROWS = "id,email,score\nanna,anna@example.com,1\nben,ben@example.com,2\n,nobody,3\n"
NOBODY = 'in/people.csv:4:2: email: expected one plain e-mail address, got "nobody" (row left out)'


class Place:
    """A workspace in a folder, with its store."""

    def __init__(self, folder: Path, text: str) -> None:
        self.folder = folder
        folder.joinpath("flow.toml").write_text('timezone = "Europe/Berlin"\n')
        folder.joinpath("shop.flow").write_text(text)
        folder.joinpath("in").mkdir()
        found = workspace.load(folder)
        assert found.runnable is not None, found.findings.in_order()
        self.program = found.runnable
        self.store = open_store("sqlite:///state.db", folder)
        self.files = WorkspaceFiles(folder, self.program, self.store)

    def write(self, **files: str) -> None:
        for name, text in files.items():
            self.folder.joinpath("in", name.replace("_", ".")).write_text(text)

    def take(self, hours: float, *, batch: int = 500) -> Report:
        feed(self.store, [came(hours, None, "run automation", automation="Take")])
        return run(self.program, self.store, hours + 1, batch=batch, files=self.files)

    def read(self, name: str) -> str:
        return self.folder.joinpath("out", name).read_text(encoding="utf-8-sig")

    @property
    def inbox(self) -> list[str]:
        return [text for _, _, text in notices(self.store)]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, FILES)


@pytest.mark.parametrize("batch", [500, 1])
def test_files_are_read_and_written_and_the_import_is_applied_first(
    place: Place, batch: int
) -> None:
    place.write(people_csv=ROWS, codes_txt="A1\nA2\nA1\n")
    place.take(1, batch=batch)
    assert place.read("hot-2026-11-20.csv").splitlines()[1].startswith("ben,")
    ids = [json.loads(line)["id"] for line in place.read("all.jsonl").splitlines()]
    assert ids == ["anna", "ben"]
    assert "import contacts" in place.read("processes.csv")
    found = {(one.type, one.name): one for one in place.store.processes()}
    taken = found["import contacts", "in/people.csv"]
    assert (taken.status, taken.audience, taken.done) == ("finished", 3, 2)
    assert taken.skipped == {"left out": 1}
    assert found["export contacts", "out/all.jsonl"].done == 2
    assert found["import coupons", "gift"].done == 2
    assert place.store.shared().stock["gift"].free == 2
    assert taken.because == NOBODY
    assert place.inbox == [NOBODY, "in/people.csv: 2 taken, 1 left out"]
    assert place.store.history("")[-1].entry.what == "finished"


def test_a_file_that_is_not_there_fails_the_job_and_the_automation_goes_on(place: Place) -> None:
    place.write(codes_txt="A1\n")
    place.take(1)
    found = {(one.type, one.name): one for one in place.store.processes()}
    process = found["import contacts", "in/people.csv"]
    assert process.status == "failed"
    assert "No such file" in process.because
    assert found["import coupons", "gift"].status == "finished"
    assert "it failed" in place.inbox
    assert any(text.startswith("import contacts: ") for text in place.inbox)


def test_a_file_without_a_single_good_row_fails_the_job(place: Place) -> None:
    place.write(people_csv="id,email\n,nobody\n", codes_txt="A1\n")
    place.take(1)
    assert any("none of 1 row can be taken: line 2" in text for text in place.inbox)


def test_of_a_file_with_many_bad_rows_the_first_are_told_and_how_many_more_there_are(
    place: Place,
) -> None:
    """S4.13: reports of imports are delivered; nothing is lost silently."""
    bad = "".join(f"b{one},,x\n" for one in range(30))
    place.write(
        people_csv=f"id,mail,score\n{bad}anna,anna@example.com,1\n", codes_txt="A1\nA\x072\n"
    )
    place.take(1)
    lines, rest = place.inbox[:20], place.inbox[20:]
    assert lines[0] == 'in/people.csv:2:3: score: expected a number, got "x" (row left out)'
    assert [line.split(":")[1] for line in lines] == [str(line) for line in range(2, 22)]
    assert rest == [
        "in/people.csv: 11 more lines like this", "in/people.csv: 1 taken, 30 left out",
        "in/codes.txt:2: the code holds control characters (row left out)",
    ]  # fmt: skip
    found = {one.type: one for one in place.store.processes()}
    assert found["import contacts"].because == f"{lines[0]}; 29 more"
    assert found["import coupons"].because == rest[-1]


def test_a_row_that_cannot_be_admitted_is_told_too_in_the_store_and_in_memory(
    place: Place,
) -> None:
    place.write(people_csv="id,email\n,two@example.com\ngone,g@example.com\nnew,n@example.com\n")
    two = [person(0, name, email="two@example.com") for name in ("anna", "ben")]
    merged = came(0.5, "gone", "merge", into="anna")
    story = [*two, person(0, "gone"), merged, came(1, None, "run automation", automation="Take")]
    feed(place.store, story[:-1])
    place.take(1)
    memory = Memory(place.program, story, 2, place.files)
    why = "2 contacts have two@example.com; the row needs an id"
    assert place.inbox[:3] == [
        f"in/people.csv:2: email: {why} (row left out)",
        'in/people.csv:3: "gone" was merged into "anna" (row left out)',
        "in/people.csv: 1 taken, 2 left out",
    ]
    assert [one.text for one in memory.world.notices][:3] == place.inbox[:3]
    assert [one[:8] for one in processes(place.store)] == [one[:8] for one in memory.processes()]


def test_the_same_file_once_more_starts_nobody(place: Place) -> None:
    place.write(people_csv=ROWS, codes_txt="A1\n")
    place.take(1)
    before = told(place.store, ["anna", "ben"])
    place.take(30)
    assert told(place.store, ["anna", "ben"]) == before


def test_no_file_outside_the_workspace_is_touched(tmp_path: Path) -> None:
    inner = tmp_path / "shop"
    inner.mkdir()
    place = Place(inner, FILES.replace('"out/all.jsonl"', '"../all.jsonl"'))
    place.write(people_csv=ROWS, codes_txt="A1\n")
    place.take(1)
    assert not (tmp_path / "all.jsonl").exists()
    assert any("outside the workspace" in text for text in place.inbox)
    assert place.store.history("")[-1].entry.what == "finished"


def test_killed_before_the_end_of_an_export_it_writes_the_same_file_again(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write(people_csv=ROWS, codes_txt="A1\n")
    feed(place.store, [came(1, None, "run automation", automation="Take")])
    deaths = 0
    while deaths < 200:
        with monkeypatch.context() as dying, suppress(Killed):
            kill_at_save(place.store, dying, 4, after=False)
            worker = Worker(place.program, place.store, files=place.files, batch=1)
            worker.run(START + 2 * HOUR)
            break
        deaths += 1
    assert deaths > 3
    assert place.read("all.jsonl").count("\n") == 2
    assert place.read("hot-2026-11-20.csv").count("\n") == 2
    assert [one.status for one in place.store.processes()] == ["finished"] * 5
    assert sorted(one.name for one in (place.folder / "out").iterdir()) == [
        "all.jsonl", "hot-2026-11-20.csv", "processes.csv"
    ]  # fmt: skip


def test_memory_with_files_says_the_same(place: Place) -> None:
    place.write(people_csv=ROWS, codes_txt="A1\nA2\n")
    story = [person(0, "ben", score=9), came(1, None, "run automation", automation="Take")]
    feed(place.store, story[:1])
    place.take(1)
    memory = Memory(place.program, story, 2, place.files)
    assert told(place.store, ["", "anna", "ben"]) == memory.histories
    assert processes(place.store) == memory.processes()


CHANGED = """
group "Hot"

automation "Fill"
  add segment "all" to group "Hot"
  wait 1 hour
  notify inbox "done"

segment "all"
  id is set
"""


@pytest.mark.parametrize(
    ("becomes", "said"),
    [("finish", []), ("wait 1 hour", ["done"]), ('notify inbox "done"', ["done"])],
)
def test_an_automation_that_changes_in_the_midst_of_its_job_is_not_stuck(
    store: Store, becomes: str, said: list[str]
) -> None:
    feed(store, [person(0, f"c{number}") for number in range(9)])
    feed(store, [came(1, None, "run automation", automation="Fill")])
    worker = Worker(compiled(CHANGED), store, batch=2)
    begin(store, worker.program, START)
    while not store.history(""):
        stretch_alone(worker, START + HOUR)
    other = CHANGED.replace('  add segment "all" to group "Hot"\n', '  notify inbox "other"\n')
    new = compiled(other)
    with pytest.raises(Refusal):
        move(store, worker.program, new, START + HOUR)
    move(store, worker.program, new, START + HOUR, f'automation "Fill": *={becomes}')
    assert Worker(new, store, batch=2).run(START + 3 * HOUR).refused == []
    assert [text for _, _, text in notices(store)] == said


def test_automations_that_are_gone_in_the_midst_of_a_job_stop_nobody(store: Store) -> None:
    feed(store, [person(0, f"c{number}") for number in range(9)])
    feed(store, [came(1, None, "run automation", automation="Send")])
    sending = CHANGED + (
        'message "M"\n  kind service\n  channel email\n  subject "M"\n  body "M"\n'
        'automation "Send"\n  send "M" to everyone\n'
    )
    worker = Worker(compiled(sending), store, batch=2)
    begin(store, worker.program, START)
    while not store.history(""):
        stretch_alone(worker, START + HOUR)
    empty = compiled('group "Hot"\n')
    move(store, worker.program, empty, START + HOUR, 'automation "Send": *=finish')
    run(empty, store, 3)
    process = next(one for one in store.processes() if one.type == "group send")
    assert (process.status, process.because) == ("failed", "its automation has changed")
    assert run(empty, store, 3).idle
