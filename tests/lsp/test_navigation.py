from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor


@pytest.mark.parametrize(
    ("needle", "expected"),
    [
        ('sen|d "Offer"', []),
        ('send "Of|fer"', ["webinar.flow:28"]),
        ("and webinar|_date is set", ["webinar.flow:7"]),
        ("{{ first|_name", ["webinar.flow:5"]),
        ("coupon('early|-bird')", ["webinar.flow:10"]),
        ('policy "Decent| hours"\n  start', ["webinar.flow:36"]),
        ('in "Web|inar"\n', ["webinar.flow:40"]),
        ('"mails/|reminder.html"', ["reminder.html:1"]),
        ('use "con|sent"', ["consent.flow:1"]),
        ('tagged "att|ended"', ["webinar.flow:70"]),
    ],
)
def test_definition(editor: Editor, english: Path, needle: str, expected: list[str]) -> None:
    uri = editor.open(english)
    assert editor.definitions(uri, needle) == expected


def test_definition_in_german(editor: Editor, german: Path) -> None:
    uri = editor.open(german)
    assert editor.definitions(uri, 'sende "Of|fer"') == ["webinar.flow:29"]
    assert editor.definitions(uri, "und webinar|_date ist gesetzt") == ["webinar.flow:8"]


def test_references_are_found_in_templates_and_in_body_files(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    assert editor.references(uri, "webinar_date  datetime") == [
        *(f"webinar.flow:{line}" for line in (7, 19, 43, 48, 50, 66)),
        "reminder.html:6",
    ]
    assert "webinar.flow:7" not in editor.references(uri, "webinar_date  datetime", declared=False)


def test_names_of_one_word_and_two_meanings_are_kept_apart(editor: Editor, tmp_path: Path) -> None:
    text = (
        "contact\n  total  number\n\nevent purchase\n  total  number\n\n"
        'campaign "A"\n  start on purchase where total > 5 and contact.total > 2\n'
        "  if total > 3 and event.total > 1\n    set total to 2\n"
        "  event purchase total total\n"
    )
    uri = editor.open(tmp_path / "a.flow", text)
    of_contact = editor.references(uri, "contact\n  |total")
    of_event = editor.references(uri, "event purchase\n  |total")
    assert [one.rsplit(":", 1)[1] for one in of_contact] == ["2", "8", "9", "10", "11"]
    assert [one.rsplit(":", 1)[1] for one in of_event] == ["5", "8", "9", "11"]


def test_an_event_about_records_has_their_fields(editor: Editor, tmp_path: Path) -> None:
    text = (
        "contact\n  records trip\n    place   text\n    starts  date\n\n"
        "event trip_today\n  every day at 08:00\n  for each trip where starts is today\n\n"
        "event trips_soon\n  every day at 08:00\n"
        "  for contacts with trip where starts is today\n\n"
        'message "M"\n  kind service\n  channel email\n'
        '  subject "{{ event.place }}"\n  body "B"\n\n'
        'campaign "A"\n  start on trip_today\n  send "M"\n\n'
        'campaign "B"\n  start on trips_soon\n  if any event.trip where place is set\n'
        '    tag "x"\n  notify inbox "{% for t in event.trip %}{{ t.place }}{% endfor %}"\n'
    )
    uri = editor.open(tmp_path / "a.flow", text)
    lines = [one.rsplit(":", 1)[1] for one in editor.references(uri, "    |place")]
    assert lines == ["3", "17", "26", "28"]
    assert [one.rsplit(":", 1)[1] for one in editor.definitions(uri, "any event.tr|ip")] == ["2"]


def test_references_reach_other_files(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text("")
    (tmp_path / "b.flow").write_text('campaign "B"\n  start when in group "G"\n  tag "x"\n')
    uri = editor.open(tmp_path / "a.flow", 'group "G"\n')
    assert editor.references(uri, '"|G"') == ["a.flow:1", "b.flow:2"]


def test_highlights_tell_writing_from_reading(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    params = types.DocumentHighlightParams(
        types.TextDocumentIdentifier(uri), editor.place(uri, '"early|-bird"')
    )
    found = editor.ask("text_document_document_highlight", params)
    kinds = [one.kind for one in found]
    assert kinds[0] == types.DocumentHighlightKind.Write
    assert set(kinds[1:]) == {types.DocumentHighlightKind.Read}
    assert len(kinds) == 5
