"""The page that `flow docs` writes: everything is on it, nothing runs, nothing is asked for."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.documentation.page import page
from flowlang.workspace import Workspace
from tests.documentation.strict import Page
from tests.pictures.drawing import EVERYTHING, TRIAL, example
from tests.pictures.hostile import EMOJI, MARKUP, RIGHT_TO_LEFT, source
from tests.workspaces import load


def written(loaded: Workspace, language: str = "") -> Page:
    return Page(page(loaded, language or loaded.language, loaded.name or "flow"))


@pytest.mark.parametrize("name", EVERYTHING)
def test_a_page_names_everything_there_is(name: str) -> None:
    loaded = load(name)
    found = written(loaded)
    program = loaded.runnable
    assert program is not None
    names = program.names
    declared = [
        *names.messages, *names.campaigns, *names.automations, *names.coupons, *names.groups,
        *names.segments, *names.policies, *names.calendars,
    ]  # fmt: skip
    for one in declared:
        assert " ".join(one.split()) in found.text
    for test in loaded.tests:
        assert " ".join(test.name.split()) in found.text
    assert found.pictures == len(program.campaigns)


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_page_asks_nothing_from_outside_and_runs_nothing(language: str) -> None:
    loaded = example("webinar")
    text = page(loaded, language, "Webinar")
    outside = re.sub(r'srcdoc="[^"]*"|<pre dir="auto">[^<]*</pre>', "", text)
    assert set(re.findall(r"https?://[^\"<\s]+", outside)) == {"http://www.w3.org/2000/svg"}
    assert "<script" not in text
    assert "default-src 'none'" in text
    assert f'<html lang="{language}">' in text


def test_names_and_texts_cannot_become_markup() -> None:
    found = written(workspace.load_text(source()))
    shown = found.text
    for name in (MARKUP, RIGHT_TO_LEFT, EMOJI):
        assert " ".join(name.split()) in shown
    assert found.frames == []


def test_an_html_body_is_shown_in_a_frame_where_nothing_can_run() -> None:
    found = written(example("webinar"))
    (frame,) = found.frames
    assert frame["sandbox"] == ""
    assert "‹first_name›" in (frame["srcdoc"] or "")
    assert "<strong>" in (frame["srcdoc"] or "")


def test_values_in_a_frame_are_escaped_twice(tmp_path: Path) -> None:
    (tmp_path / "flow.toml").touch()
    (tmp_path / "mail.html").write_text('<p onclick="x()">{{ event.note }}</p></iframe><script>')
    (tmp_path / "a.flow").write_text(
        'event e\n  note one of "<script>", "b"\n\n'
        'message "M"\n  kind service\n  channel email\n  subject "S"\n  body file "mail.html"\n\n'
        'campaign "C"\n  start on e\n  send "M"\n'
    )
    text = page(workspace.load(tmp_path), "en", "T")
    (frame,) = Page(text).frames
    assert frame["srcdoc"] == (
        '<p onclick="x()">&lt;script&gt;</p></iframe><script>'
    )  # as the frame reads it
    assert html.escape("&lt;script&gt;") in text


def test_every_send_says_when_it_comes() -> None:
    shown = written(workspace.load(TRIAL.parent, [TRIAL])).text
    table = shown.partition("Who sends what when")[2].partition("Who sends what when")[2]
    assert 'Trial to customer send "Welcome" right at the start' in table
    assert 'Trial to customer send "Welcome" 3 days after the start' in table
    assert 'Trial to customer send "Tips" 1 day to 3 days after the start' in table
    assert (
        'send "Reminder" right after wait until 7 days before trial_ends at 09:00 may be repeated'
        in table
    )
    assert 'send "Offer" any time after wait until 7 days before trial_ends at 09:00' in table
    assert 'send "Survey" right after goal "Bought" when tagged "customer" or any time' in table


def test_an_automation_says_at_what_it_sends() -> None:
    shown = written(example("shop-automation")).text
    table = shown.partition("Who sends what when")[2].partition("Who sends what when")[2]
    assert (
        'New machines Machines of the month automation send "New machines" to group "Customers"'
        " spread over 6 hours every month on day 5 at 09:00" in table
    )


def test_a_campaign_is_told_in_sentences() -> None:
    shown = written(example("webinar")).text
    assert 'A contact starts when tagged "webinar" and webinar_date is set.' in shown
    assert 'The goal is "Bought" when tagged "customer".' in shown
    assert 'At any time: stop when tagged "cancelled".' in shown
    assert 'It sends "Confirmation", "Reminder", "Offer".' in shown
    assert 'Sends keep to "Decent hours".' in shown


def test_a_german_page_is_german_throughout_but_for_names_and_texts() -> None:
    shown = written(example("webinar"), "de").text
    assert 'Ein Kontakt startet: wenn getaggt mit "webinar" und webinar_date ist gesetzt.' in shown
    assert 'sende "Consent: please confirm"' in shown
    assert "gleich nach warte bis 1 tag vor webinar_date um 09:00" in shown
    for word in ("send ", "wait until", "is set", "Subject", "otherwise"):
        assert word not in shown


def test_a_page_is_in_the_language_of_its_workspace() -> None:
    assert "Wer sendet was wann" in written(example("club")).text
    assert "Who sends what when" in written(example("webinar")).text


def test_the_lines_of_tests_are_those_of_the_file_whatever_the_language() -> None:
    loaded = example("webinar")
    (test,) = loaded.tests
    assert f"{test.name} Zeile {test.line}" in written(loaded, "de").text


def test_a_message_with_several_languages_is_shown_in_each() -> None:
    shown = written(example("webinar")).text
    assert "Bitte bestätige deine Adresse" in shown
    assert "Please confirm your address" in shown
    assert "in “de”" in shown


def test_previews_take_no_codes_and_need_no_data() -> None:
    shown = written(example("coupon-sale")).text
    assert "CODE-1234" in shown


def test_a_template_that_no_stand_in_fits_is_shown_with_its_placeholders() -> None:
    text = (
        'message "M"\n  kind service\n  channel email\n  subject "Hello"\n'
        '  body "{{ answer.price | round }} and {{ id }}"\n\n'
        'campaign "C"\n  start when tagged "a"\n'
        '  call "https://example.com" with id as answer\n  send "M"\n'
    )
    loaded = workspace.load_text(text)
    assert [one.message for one in loaded.findings.in_order()] == []
    assert "‹answer.price› and ‹id›" in written(loaded).text


def test_the_same_workspace_gives_the_same_page() -> None:
    first, second = (page(example("webinar"), "en", "Webinar") for _ in range(2))
    assert first == second


def test_a_workspace_without_anything_has_a_page() -> None:
    assert written(workspace.load_text("")).text.startswith("flow flow")
