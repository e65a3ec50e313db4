"""The cache of `flow check`: when an outcome is taken from it, and when never."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from flowlang import discovery
from flowlang.cache import Entry, Outcome
from flowlang.cli.checking import Target, load
from flowlang.reports import json as format_json
from flowlang.source import Diagnostic, Edit, Finding, Fix, Source, Span, Walk
from tests.cli.calling import GOOD, flow
from tests.cli.calling import workspace as write

MODULE = 'message "Shared"\n  kind service\n  channel email\n  subject "S"\n  body "B"\n'
TEXT = """\
use "../module.flow"

message "Filed"
  kind service
  channel email
  subject "F"
  body file "mail.html"

message "Outside"
  kind service
  channel email
  subject "O"
  body file "../outside.html"

message "Missing"
  kind service
  channel email
  subject "M"
  body file "missing.html"

campaign "C"
  start when tagged "x"
  send "Shraed"
  send "Filed"
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOW_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache" / "check"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "module.flow").write_text(MODULE)
    (tmp_path / "outside.html").write_text("outside")
    shop = write(tmp_path / "shop", TEXT, mail_html="<p>Hello</p>")
    (shop / "more.flow").write_text(GOOD)
    return shop


def check(root: Path) -> Outcome:
    """Check a workspace and keep the outcome."""
    entry = Entry(root, None)
    loaded = load(Target(root, None))
    names = tuple(parsed.source.name for parsed in loaded.files)
    outcome = Outcome(names, tuple(loaded.findings.found), tuple(loaded.inputs))
    entry.keep(outcome, loaded.inputs)
    return outcome


def recalled(root: Path) -> Outcome | None:
    return Entry(root, None).recall()


def shown(outcome: Outcome) -> str:
    return format_json.render(outcome.findings, outcome.files)


def test_an_outcome_is_recalled_as_it_was(shop: Path) -> None:
    outcome = check(shop)
    again = recalled(shop)
    assert again is not None
    assert {one.diagnostic.name for one in again.findings} == {"unknown-message", "unknown-file"}
    assert shown(again) == shown(outcome)
    assert (again.files, again.inputs) == (outcome.files, outcome.inputs)
    assert [one.diagnostic for one in again.findings] == [
        one.diagnostic for one in outcome.findings
    ]


def test_all_that_a_finding_has_is_kept(shop: Path) -> None:
    path = shop / "shop.flow"
    span = Span(Source(str(path), path.read_text(), path), 3, 9)
    made = Finding(
        Diagnostic("FL999", "made-up", "info", "{what}"), span, "message", "hint",
        Fix((Edit(span, "text"),), safe=False), ((span, "also"),), Walk("C", 1, "sent"), "a test",
        span,
    )  # fmt: skip
    assert not [field.name for field in fields(made) if getattr(made, field.name) == field.default]
    entry = Entry(shop, None)
    entry.keep(Outcome(tuple(entry.own), (made,)), {})
    again = entry.recall()
    assert again is not None
    assert plain(again.findings) == plain((made,))


def plain(value: object) -> object:
    """All that is in a value, with the name and the text in the place of a source."""
    if isinstance(value, Source):
        return value.name, value.text, value.path
    if isinstance(value, tuple):
        return tuple(plain(part) for part in value)
    if is_dataclass(value):
        return tuple(plain(getattr(value, field.name)) for field in fields(value))
    return value


CHANGES: dict[str, Callable[[Path], object]] = {
    "a file": lambda shop: (shop / "more.flow").write_text(GOOD + "\n"),
    "a file more": lambda shop: (shop / "third.flow").write_text(""),
    "a file less": lambda shop: (shop / "more.flow").unlink(),
    "a file renamed": lambda shop: (shop / "more.flow").rename(shop / "other.flow"),
    "the settings": lambda shop: (shop / "flow.toml").write_text('timezone = "Asia/Tokyo"\n'),
    "a body": lambda shop: (shop / "mail.html").write_text("<p>{{ nobody }}</p>"),
    "a body gone": lambda shop: (shop / "mail.html").unlink(),
    "a body there": lambda shop: (shop / "missing.html").write_text("here"),
    "a module": lambda shop: (shop.parent / "module.flow").write_text(MODULE + "# x\n"),
    "a module gone": lambda shop: (shop.parent / "module.flow").unlink(),
    "a baseline": lambda shop: (shop / "flow-baseline.json").write_text("{}"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_is_seen(shop: Path, change: Callable[[Path], object]) -> None:
    check(shop)
    change(shop)
    assert recalled(shop) is None


def test_a_body_that_is_now_a_link_out_is_seen(shop: Path) -> None:
    check(shop)
    (shop.parent / "same.html").write_bytes((shop / "mail.html").read_bytes())
    (shop / "mail.html").unlink()
    (shop / "mail.html").symlink_to("../same.html")
    assert recalled(shop) is None


def test_times_do_not_matter_and_what_lies_outside_is_not_read(shop: Path) -> None:
    check(shop)
    for file in shop.iterdir():
        os.utime(file, (1, 1))
    (shop.parent / "outside.html").unlink()
    os.mkfifo(shop.parent / "outside.html")
    assert recalled(shop) is not None


def test_what_changes_while_it_is_checked_is_not_taken_for_checked(shop: Path) -> None:
    entry = Entry(shop, None)
    (shop / "more.flow").write_text('campaign "broken"\n')
    entry.keep(Outcome(tuple(entry.own), ()), {})
    assert recalled(shop) is None


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: b"",
        lambda data: data[:-20],
        lambda data: data.replace(b"unknown-message", b"unknown-massage"),
        lambda data: b"\x80\x04" + os.urandom(40),
        lambda data: b"[]\n[]",
    ],
    ids=["empty", "cut short", "changed", "foreign", "of another shape"],
)
def test_a_spoilt_file_is_passed_over_and_renewed(
    shop: Path, cache: Path, spoil: Callable[[bytes], bytes]
) -> None:
    outcome = check(shop)
    (file,) = cache.iterdir()
    file.write_bytes(spoil(file.read_bytes()))
    assert recalled(shop) is None
    check(shop)
    again = recalled(shop)
    assert again is not None
    assert shown(again) == shown(outcome)


def test_a_file_of_the_right_digest_and_the_wrong_shape_is_passed_over(
    shop: Path, cache: Path
) -> None:
    from flowlang.digests import of_bytes

    check(shop)
    (file,) = cache.iterdir()
    raw = json.loads(file.read_bytes().split(b"\n", 1)[1])
    for key in raw:
        for wrong in (None, 7, [], {}, "x", [[9, 9, 9, 9, 9, 9]], {"x": 1}):
            data = json.dumps({**raw, key: wrong}).encode()
            file.write_bytes(of_bytes(data).encode() + b"\n" + data)
            found = recalled(shop)
            assert found is None or shown(found)


def test_another_program_finds_anew(shop: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from flowlang.cache import Entry;"
        "sys.path.append(sys.argv[2]); print(Entry(Path(sys.argv[1]), None).recall() is None)"
    )
    check(shop)
    other = tmp_path / "site"
    other.mkdir()
    for expected in ("False", "True"):
        done = subprocess.run(
            [sys.executable, "-c", code, str(shop), str(other)],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert done.stdout.strip() == expected
        (other / "holidays-99.0.dist-info").mkdir(exist_ok=True)


def test_what_nobody_renews_is_removed(shop: Path, cache: Path) -> None:
    check(shop)
    old = cache / "0000.json"
    old.write_text("of a workspace that is gone")
    os.utime(old, (1, 1))
    flow("check", "shop", cwd=shop.parent)
    assert not old.exists()
    assert list(cache.iterdir())


def test_all_files_that_a_check_reads_are_known(shop: Path) -> None:
    """Whoever lets a check read another file must put it into `Workspace.inputs`."""
    opened: set[Path] = set()
    watching = True

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event == "open" and isinstance(arguments[0], (str, os.PathLike)):
            opened.add(Path(arguments[0]).absolute())

    sys.addaudithook(hear)
    loaded = load(Target(shop, None))
    watching = False
    known = {
        path.absolute()
        for path in (
            *discovery.own_files(shop), *loaded.inputs,
            shop / "flow.toml",
        )
    }  # fmt: skip
    read = {path for path in opened if path.is_relative_to(shop.parent)}
    assert read >= {shop / "shop.flow", shop / "mail.html"}
    assert {path.resolve() for path in read} <= {path.resolve() for path in known}


def test_the_command_uses_it_and_can_be_told_not_to(shop: Path, cache: Path) -> None:
    first = flow("check", "shop", cwd=shop.parent)
    (file,) = cache.iterdir()
    assert flow("check", "shop", cwd=shop.parent).stdout == first.stdout
    before = file.stat().st_ino
    for options, environment in ((["--no-cache"], {}), ([], {"FLOW_NO_CACHE": "1"})):
        done = flow("check", "shop", *options, cwd=shop.parent, **environment)
        assert (done.stdout, done.stderr) == (first.stdout, first.stderr)
    assert file.stat().st_ino == before


def test_a_machine_without_room_for_it_is_only_slower(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = flow("check", "shop", cwd=shop.parent, FLOW_CACHE_DIR=str(tmp_path / "file" / "x"))
    assert (done.returncode, "FL101" in done.stdout) == (1, True)


def test_a_second_check_imports_neither_grammar_nor_engine(shop: Path) -> None:
    (shop / "shop.flow").write_text("")
    code = (
        "import sys\n"
        "from flowlang.cli import flow\n"
        "try:\n    flow.main(['check', sys.argv[1]])\n"
        "finally:\n    print(*sys.modules)\n"
    )
    for heavy in (True, False):
        done = subprocess.run(
            [sys.executable, "-c", code, str(shop)], capture_output=True, text=True, check=True
        )
        loaded = set(done.stdout.split())
        assert ("flowlang.syntax.parser" in loaded) is heavy
        assert ("flowlang.engine" in loaded) is heavy
