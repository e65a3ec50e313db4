from __future__ import annotations

from pathlib import Path

import pytest
from lsprotocol import types

from tests.lsp.editor import Editor

HEAD = """contact
  score    number
  country  one of "DE", "AT"
  records trip
    place   text
    starts  date

event purchase
  total  number
  items  list of item
    sku  text

group "Newsletter"

segment "good"
  score > 3

coupons "early-bird"

policy "Hours"
  send only between 08:00 and 20:00

calendar "office days"
  on monday to friday

message "Offer"
  kind service
  channel email
  subject "S"
  body "B"

campaign "Other"
  start when tagged "vip"
  tag "bought"

campaign "C"
  start on purchase
"""


ANNA = """
test "t"
  given contact "anna"
  at 2026-11-20 10:00 tag "a" for """


@pytest.fixture
def page(editor: Editor, tmp_path: Path) -> str:
    return editor.open((tmp_path / "page.flow").absolute(), HEAD)


def labels(editor: Editor, uri: str, line: str) -> set[str]:
    """What is proposed at the end of a line below the rest."""
    editor.type(uri, f"{HEAD}{line}")
    lines = editor.texts[uri].split("\n")
    return set(editor.completions(uri, types.Position(len(lines) - 1, len(lines[-1]))))


@pytest.mark.parametrize(
    ("line", "fitting", "not_fitting"),
    [
        ("  send ", {"Offer"}, {"Newsletter", "wait", "score"}),
        ('  send "Offer" under policy ', {"Hours"}, {"Offer"}),
        ("  join group ", {"Newsletter"}, {"good"}),
        ("  if in segment ", {"good"}, {"Newsletter"}),
        ("  start campaign ", {"Other", "C"}, {"Offer"}),
        ("  refill coupons ", set(), {"Offer"}),
        ('  wait until next "', {"office days"}, {"Offer"}),
        ("  tag ", {"bought", "vip"}, {"Offer"}),
        ('  untag "b', {"bought", "vip"}, {"Offer"}),
        ("  set ", {"score", "country", "email", "trip"}, {"total", "Offer"}),
        ("  clear ", {"score"}, {"total"}),
        ("  wait for ", {"purchase", "opened"}, {"score"}),
        ("  wait for opened ", {"Offer", "where", "at most"}, {"score"}),
        ("  if ", {"score", "purchase", "tagged", "not", "event"} - {"event"}, {"place", "send"}),
        ("  if score ", {"is set", "between", "and"}, {"tagged", "score"}),
        ("  if event.", {"total", "items", "at"}, {"score", "place"}),
        ("  if any ", {"trip", "purchase"}, {"score"}),
        ("  if any trip where ", {"place", "starts", "score"}, {"total"}),
        ("  if count of purchase where (", {"total", "items", "score"}, {"place"}),
        ("  if any event.items where ", {"sku", "score"}, {"total"}),
        ("  if total of last ", {"purchase"}, {"score"}),
        ('  if country = "', {"DE", "AT"}, {"Offer"}),
        ('  if country in ("DE", "', {"DE", "AT"}, {"Offer"}),
        ("  set country to ", {"DE", "AT", "score"}, {"Offer"}),
        ("  add trip ", {"place", "starts"}, {"score"}),
        ("  event purchase ", {"total", "items"}, {"score"}),
        ("  grant marketing by ", {"email", "sms"}, {"score"}),
        ("  wai", {"wait", "wait until", "wait for"}, {"expect"}),
        ("  wait un", {"wait until"}, {"send"}),
        ("  wait 2 ", {"day", "days", "hours"}, {"send"}),
        ("  send # the ", set(), {"Offer"}),
        ('  about "Hello ', set(), {"Offer", "send"}),
        ("  export report ", {"sends", "coupons"}, {"Offer"}),
        ('  notify inbox "{{ ', {"score", "trip", "coupon"}, {"Offer"}),
        ('  notify inbox "{{ event.', {"total", "items"}, {"score"}),
        ('  notify inbox "{{ score | ', {"default", "round"}, {"score"}),
        ("  notify inbox \"{{ coupon('", {"early-bird"}, {"Offer"}),
        ("  notify inbox \"{{ last('purchase').", {"total"}, {"score"}),
        ('  notify inbox "{% for t in trip %}{{ t.', {"place", "starts"}, {"score"}),
        ('  notify inbox "{% for i in event.items %}{{ i.', {"sku"}, {"score", "total"}),
        ("\ntest ", set(), {"Offer"}),
        ("\nca", {"campaign", "calendar"}, {"send"}),
        ('\nuse "', {"consent"}, {"Offer"}),
        ('\nmessage "N"\n  kind ', {"marketing", "service"}, {"email"}),
        ('\nmessage "N"\n  channel ', {"email", "sms"}, {"marketing"}),
        ('\npolicy "P"\n  timezone ', {"Europe/Berlin"}, {"Offer"}),
        ('\ntest "t"\n  given contact\n    ', {"score", "trip", "tag", "email"}, {"total"}),
        ('\ntest "t"\n  given contact\n    country ', {"DE", "AT"}, {"Offer"}),
        ('\ntest "t"\n  given contact\n    trip\n      ', {"place", "starts"}, {"score"}),
        ('\ntest "t"\n  given coupons ', {"early-bird"}, {"Offer"}),
        ('\ntest "t"\n  expect sent ', {"Offer"}, {"C"}),
        ('\ntest "t"\n  expect waiting in ', {"C", "Other"}, {"Offer"}),
        ('\ntest "t"\n  at 2026-11-20 10:00 ', {"tag", "event", "run automation"}, {"expect"}),
    ],
)
def test_what_fits_the_place_is_proposed(
    editor: Editor, page: str, line: str, fitting: set[str], not_fitting: set[str]
) -> None:
    found = labels(editor, page, line)
    assert fitting <= found, fitting - found
    assert not found & not_fitting


def test_contacts_of_the_test_are_proposed(editor: Editor, page: str) -> None:
    assert "anna" in labels(editor, page, ANNA)


def test_coupon_lists_are_proposed_where_one_is_asked_for(editor: Editor, page: str) -> None:
    assert labels(editor, page, "  if coupons left ") == {"early-bird"}


@pytest.mark.parametrize(
    ("line", "label", "expected"),
    [
        ("  send |", "Offer", '  send "Offer"'),
        ('  send "|', "Offer", '  send "Offer"'),
        ('  send "|"', "Offer", '  send "Offer"'),
        ('  send "Of|fer" when empty skip', "Offer", '  send "Offer" when empty skip'),
        ("  wait un|", "wait until", "  wait until"),
        ("  set sc|", "score", "  set score"),
        ("  if event.to|", "total", "  if event.total"),
        ('  notify inbox "{{ sco| }}"', "score", '  notify inbox "{{ score }}"'),
    ],
)
def test_taking_a_proposal_writes_it_where_the_word_stood(
    editor: Editor, page: str, line: str, label: str, expected: str
) -> None:
    editor.type(page, HEAD + line.replace("|", "") + "\n")
    assert editor.completed(page, f"start on purchase\n{line}", label) == f"{HEAD}{expected}\n"


def test_keywords_are_those_of_the_file(editor: Editor, german: Path) -> None:
    uri = editor.open(german)
    text = editor.texts[uri]
    editor.type(uri, text.replace("  entferne tag", "  wart\n  entferne tag"))
    found = set(editor.completions(uri, "  wart|"))
    assert {"warte", "warte bis"} <= found
    assert "wait" not in found
    editor.type(uri, text.replace('  sende "Offer"', "  sende "))
    assert {"Offer", "Reminder"} <= set(editor.completions(uri, "  sende |\n"))


def test_a_body_file_is_completed_too(editor: Editor, english: Path) -> None:
    editor.open(english)
    body = english.parent / "mails" / "reminder.html"
    uri = editor.open(body, language="html")
    editor.type(uri, "<p>{{ web }}</p>")
    assert "webinar_date" in editor.completions(uri, "{{ web|")
    assert editor.completions(uri, "<p|") == {}


def test_names_of_other_files_are_proposed(editor: Editor, tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text('[channels.letter]\nwebhook = "https://example.com"\n')
    (tmp_path / "groups.flow").write_text('group "Elsewhere"\n')
    uri = editor.open(tmp_path / "a.flow", 'campaign "A"\n  join group \n')
    assert set(editor.completions(uri, "group |")) == {"Elsewhere"}
    editor.type(uri, 'message "M"\n  channel \n')
    assert "letter" in editor.completions(uri, "channel |")
