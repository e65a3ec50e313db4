from __future__ import annotations

from pathlib import Path

from tests.lsp.editor import Editor


def test_a_field_tells_its_type_and_where_it_is_declared(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    said = editor.hover(uri, 'start when tagged "webinar" and webinar|_date')
    assert "field `webinar_date`: datetime" in said
    assert "declared in line 7" in said


def test_a_message_shows_its_declaration(editor: Editor, german: Path) -> None:
    uri = editor.open(german)
    said = editor.hover(uri, 'sende "Of|fer"')
    assert "Nachricht `Offer` (angelegt in Zeile" in said
    assert 'nachricht "Offer"\n  art werbung' in said


def test_a_built_in_field_says_so(editor: Editor, tmp_path: Path) -> None:
    text = 'campaign "A"\n  start when email is set\n  tag "x"\n'
    uri = editor.open(tmp_path / "a.flow", text)
    assert "field `email`: email (built in)" in editor.hover(uri, "em|ail")


def test_a_field_of_an_event_tells_whose_it_is(editor: Editor, tmp_path: Path) -> None:
    text = (
        "event purchase\n  total  number\n\n"
        'campaign "A"\n  start on purchase where total > 5\n  if event.total > 9\n    tag "x"\n'
    )
    uri = editor.open(tmp_path / "a.flow", text)
    expected = "field of the event `purchase` `total`: number (declared in line 2)"
    assert expected in editor.hover(uri, "where to|tal")
    assert expected in editor.hover(uri, "event.to|tal")


def test_a_name_of_a_module_names_its_file(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    editor.type(uri, editor.texts[uri] + '  expect not in "Consent: withdrawal"\n')
    assert "consent.flow, line" in editor.hover(uri, 'in "Consent: with|drawal"')


def test_a_placeholder_tells_what_it_shows(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    assert "field `first_name`: text" in editor.hover(uri, "{{ first|_name")
    assert "coupon list `early-bird`" in editor.hover(uri, "coupon('early|-bird')")


def test_a_step_says_what_it_does(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    assert "Lets time pass" in editor.hover(uri, "wait un|til 1 day")
    assert editor.hover(uri, "restart tag|ging").endswith("waits for a trigger.")


def test_a_finding_is_explained(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    editor.type(uri, editor.texts[uri].replace('    send "Offer"', '    send "Ofer"'))
    said = editor.hover(uri, '    send "Of|er"')
    assert "**FL101** unknown-message: there is no message `Ofer`" in said
    assert "did you mean `Offer`?" in said


def test_nothing_is_said_of_nothing(editor: Editor, english: Path) -> None:
    uri = editor.open(english)
    editor.type(uri, "\n\n" + editor.texts[uri])
    assert editor.hover(uri, "|\n") == ""
