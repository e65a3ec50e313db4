from __future__ import annotations

from pathlib import Path

import pytest

from tests.lsp.checking import agrees, by_check
from tests.lsp.editor import Editor

SINGLE = sorted((Path(__file__).parents[1] / "syntax" / "broken").glob("*.flow"))

NAMES = """
contact
  score  number

message "M"
  kind service
  channel email
  subject "{{ nme }}"
  body "B"

campaign "C"
  start when score > "ten" and today is set
  send "N"
  stop
  tag "never"

test "t"
  given contact
    scor 3
  at 2026-11-20 10:00 tag "a"
  at 2026-11-19 10:00
"""


def test_names_kinds_templates_and_campaigns_are_shown_too(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "names.flow"
    path.write_text(NAMES, encoding="utf-8")
    expected = by_check(path)
    assert {one.code[:3] for one in expected[path.as_uri()]} >= {
        "FL1", "FL2", "FL3", "FL4", "FL5",
    }  # fmt: skip
    editor.open(path)
    assert agrees(editor, tmp_path, expected)


def test_every_kind_of_mistake_is_shown_where_check_finds_it(
    editor: Editor, tmp_path: Path
) -> None:
    for broken in SINGLE:
        path = tmp_path / broken.stem / broken.name
        path.parent.mkdir()
        path.write_bytes(broken.read_bytes())
        editor.open(path)
        assert agrees(editor, path.parent, by_check(path)), broken.name


@pytest.mark.parametrize("language", ["english", "german"])
def test_findings_follow_what_is_typed(
    editor: Editor, language: str, request: pytest.FixtureRequest
) -> None:
    path: Path = request.getfixturevalue(language)
    uri = editor.open(path)
    assert editor.shows(uri)
    good = editor.texts[uri]
    editor.type(uri, good.replace('"Offer"\n  kind', '"Ofer"\n  kind').replace("score", "scor", 1))
    assert editor.until(lambda: "FL102" in editor.codes(uri))
    assert path.read_text(encoding="utf-8") == good
    editor.type(uri, good)
    assert editor.shows(uri)


def test_german_files_are_told_in_german(editor: Editor, german: Path) -> None:
    uri = editor.open(german)
    editor.type(uri, editor.texts[uri].replace("  sende", "  sendee", 1))
    assert editor.until(lambda: "FL002" in editor.codes(uri))
    assert "kein Wort" in str(editor.findings(uri)[0].message)


def test_another_file_of_the_workspace_is_told_what_a_change_breaks(
    editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "flow.toml").write_text("")
    fields, campaign = tmp_path / "fields.flow", tmp_path / "campaign.flow"
    fields.write_text("contact\n  score  number\n")
    campaign.write_text('campaign "A"\n  start when score > 3\n  tag "x"\n')
    uri = editor.open(fields)
    assert editor.shows(uri)
    assert editor.codes(campaign.as_uri()) == []
    editor.type(uri, "contact\n  points  number\n")
    assert editor.until(lambda: editor.codes(campaign.as_uri()) == ["FL102"])
    editor.type(uri, "contact\n  score  number\n")
    assert editor.until(lambda: editor.codes(campaign.as_uri()) == [])


def test_a_finding_in_a_body_file_is_shown_there_before_it_is_saved(
    editor: Editor, english: Path
) -> None:
    body = english.parent / "mails" / "reminder.html"
    editor.open(english)
    uri = editor.open(body, language="html")
    editor.type(uri, editor.texts[uri].replace("webinar_date", "webinar_dat"))
    assert editor.until(lambda: editor.codes(uri) == ["FL302"])


def test_the_second_of_two_declarations_names_the_first(editor: Editor, tmp_path: Path) -> None:
    path = tmp_path / "twice.flow"
    path.write_text('group "A"\n\ngroup "A"\n')
    uri = editor.open(path)
    assert editor.shows(uri, "FL120")
    (also,) = editor.findings(uri)[0].related_information or ()
    assert also.location.range.start.line == 0


def test_places_count_as_the_editor_counts(tmp_path: Path) -> None:
    text = 'message "M"\n  kind service\n  channel email\n  subject "🎉 ä {{ nme }}"\n  body "B"\n'
    path = tmp_path / "party.flow"
    path.write_text(text, encoding="utf-8")
    columns = {"utf-8": 22, "utf-16": 19, "utf-32": 18}
    for encoding, column in columns.items():
        editor = Editor(tmp_path, [encoding])
        uri = editor.open(path)
        assert editor.shows(uri, "FL302")
        start = editor.findings(uri)[0].range.start
        assert (start.line, start.character) == (3, column), encoding
        editor.close()


def test_letters_in_parts_and_windows_lines_keep_their_places(
    editor: Editor, tmp_path: Path
) -> None:
    lines = (
        'message "M"',
        "  kind service",
        "  channel email",
        '  subject "a\u0308o\u0308 {{ nme }}"',
    )
    text = "\r\n".join((*lines, '  body "B"', ""))
    uri = editor.open(tmp_path / "parts.flow", text)
    assert editor.shows(uri, "FL302")
    found = editor.findings(uri)[0].range
    assert (found.start.line, found.start.character, found.end.character) == (3, 19, 22)


def test_a_large_workspace_shows_syntax_at_once_and_the_rest_soon(
    editor: Editor, tmp_path: Path
) -> None:
    (tmp_path / "flow.toml").write_text("")
    for number in range(150):
        (tmp_path / f"{number}.flow").write_text(
            f'campaign "C{number}"\n  start when tagged "a" and email is set\n'
            + f'  if tagged "x{number}"\n    tag "y"\n  wait 3 days\n' * 10
        )
    path = tmp_path / "one.flow"
    path.write_text('campaign "One"\n  start when tagged "a"\n  tag "b"\n')
    uri = editor.open(path)
    assert editor.shows(uri)
    editor.type(uri, editor.texts[uri] + '  send "Nothing"\n  wiat 2 days\n')
    assert editor.shows(uri, "FL101", "FL002")
    editor.type(uri, "\n" + editor.texts[uri])
    assert editor.shows(uri, "FL101", "FL002")
    assert editor.findings(uri)[0].range.start.line == 4


def test_findings_are_taken_back_when_the_last_text_of_a_workspace_is_closed(
    editor: Editor, tmp_path: Path
) -> None:
    path = tmp_path / "one.flow"
    path.write_text('campaign "A"\n')
    uri = editor.open(path)
    assert editor.shows(uri, "FL015")
    editor.shut(uri)
    assert editor.until(lambda: editor.codes(uri) == [])
