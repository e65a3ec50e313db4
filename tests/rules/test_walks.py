"""A finding about a path shows a contact that walks it: a test that can be pasted, and passes."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.cli.checking import Target, load
from flowlang.rules import pages, registry
from tests.cli.calling import flow

SHOWING = (
    "branch-never-taken", "question-already-answered", "loop-without-wait", "send-at-night",
    "moment-already-past", "waits-out-of-order", "reaction-too-soon", "send-after-withdrawal",
    "halt-before-deadline", "same-message-at-once", "placeholder-may-be-missing",
)  # fmt: skip
"""Rules about paths."""


@pytest.mark.parametrize("name", SHOWING)
def test_the_test_that_is_shown_can_be_pasted_and_passes(name: str, tmp_path: Path) -> None:
    rule = registry.rules()[name]
    path = tmp_path / "example.flow"
    path.write_text(pages.examples(rule).bad, encoding="utf-8")
    (finding,) = load(Target(path, [path])).findings.found
    assert finding.test.startswith("test ")
    path.write_text(f"{pages.examples(rule).bad}\n{finding.test}", encoding="utf-8")
    loaded = workspace.load(path, [path])
    assert [one.message for one in loaded.findings.found] == []
    assert loaded.runnable is not None
    (script,) = loaded.tests
    result = script.run(loaded.runnable, {})
    assert (result.passed, result.message) == (True, "")


def test_it_is_shown_as_text_and_as_data(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text(pages.examples(registry.rules()["send-at-night"]).bad)
    text = flow("check", "a.flow", cwd=tmp_path).stdout
    assert "a contact that comes there, as a test:\n    test " in text
    assert (
        '"test": "test ' in flow("check", "a.flow", "--output-format", "json", cwd=tmp_path).stdout
    )


def test_in_the_language_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text(
        "# sprache: de\n"
        'kampagne "X"\n  starte wenn getaggt mit "a"\n'
        '  wenn getaggt mit "b"\n    warte 1 tag\n  sonst wenn getaggt mit "b"\n    warte 2 tage\n'
    )
    done = flow("check", "a.flow", cwd=tmp_path)
    assert "branch-never-taken" in done.stdout
    assert "  gegeben kontakt\n" in done.stdout


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_who_lacks_a_value_lacks_nothing_else(channel: str, tmp_path: Path) -> None:
    body = 'subject "Hi"\n  body' if channel == "email" else "body"
    (tmp_path / "a.flow").write_text(
        "contact\n  first_name  text\n  last_name  text\n\n"
        f'message "M"\n  kind marketing\n  channel {channel}\n'
        f'  {body} "{{{{ first_name }}}} {{{{ last_name }}}} {{{{ unsubscribe_link }}}}"\n\n'
        'campaign "C"\n  start when tagged "a"\n  send "M"\n'
    )
    found = load(Target(tmp_path, [tmp_path / "a.flow"])).findings.found
    shown = [one.test for one in found if one.diagnostic.code == "FL742"]
    assert len(shown) == 2
    for test in shown:
        assert f"    marketing by {channel}\n" in test
        assert 'expect skipped "M" because "missing value"' in test


def test_an_expectation_repeats_all_of_a_notice(tmp_path: Path) -> None:
    rule = registry.rules()["halt-before-deadline"]
    path = tmp_path / "a.flow"
    path.write_text(pages.examples(rule).bad.replace("Present", "Present for the party"))
    (finding,) = load(Target(path, [path])).findings.found
    told = r"\"Present for the party\" is halted: the coupon list \"present\" is empty"
    assert f'expect notified inbox contains "{told}"\n' in finding.test


DECLARED = """\
contact
  points  number

message "W"
  kind marketing
  channel email
  subject "x"
  body "Hi {{ unsubscribe_link }}"

campaign "C"
  start when tagged "a"
"""


def _found(tmp_path: Path, steps: str) -> dict[str, str]:
    """The tests of the findings, by code."""
    path = tmp_path / "a.flow"
    path.write_text(DECLARED + steps, encoding="utf-8")
    return {one.diagnostic.code: one.test for one in load(Target(path, [path])).findings.found}


@pytest.mark.parametrize(
    "steps",
    [
        '  if points > 10 and points < 5\n    send "W"\n  send "W"\n',
        '  if points > 10\n    send "W"\n  if points < 5\n    send "W"\n',
        '  send "W"\n  withdraw marketing by email\n  send "W"\n',
    ],
)
def test_what_cannot_go_out_does_not_go_out_twice(steps: str, tmp_path: Path) -> None:
    assert "FL750" not in _found(tmp_path, steps)


def test_what_goes_out_twice_is_shown_to_go_out_twice(tmp_path: Path) -> None:
    found = _found(tmp_path, '  if points > 10\n    send "W"\n  send "W"\n')
    assert 'expect sent "W" times 2' in found["FL750"]


def test_marketing_at_night_is_shown_to_go_out_at_night(tmp_path: Path) -> None:
    found = _found(tmp_path, '  wait until 03:00\n  send "W"\n')
    assert 'expect sent "W" at 2026-03-03 03:00' in found["FL642"]


def test_who_withdraws_has_agreed_before(tmp_path: Path) -> None:
    found = _found(tmp_path, '  withdraw marketing by email\n  send "W"\n')
    assert "    marketing by email\n" in found["FL701"]
    assert 'expect skipped "W" because "no consent"' in found["FL701"]
