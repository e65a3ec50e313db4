"""How long a name may be."""

from __future__ import annotations

from flowlang import workspace

LONG, LONGEST = "x" * 201, "y" * 200


def told(text: str) -> list[tuple[str, int]]:
    found = workspace.load_text(text).findings.in_order()
    return [(one.diagnostic.name, one.span.source.position(one.span.start)[0]) for one in found]


def test_a_name_is_too_long_where_it_is_declared_and_a_tag_wherever_it_stands() -> None:
    text = f"""\
campaign "{LONG}"
  start when tagged "{LONG}" or tagged "{LONGEST}"
  tag "{LONG}"
  start campaign "{LONG}"
  split
    50% "{LONG}"
      tag "a"
    50% "other"
      tag "b"

test "{LONG}"
  given contact "{LONG}"
  at 2026-03-02 10:00 tag "{LONG}" for "{LONG}"
  expect not waiting in "{LONG}" for "{LONG}"
"""
    assert told(text) == [("name-too-long", line) for line in (1, 2, 3, 13)]


def test_a_line_may_be_long_whose_names_are_not() -> None:
    body = "Good to have you with us. " * 20
    text = f'message "Hello"\n  kind service\n  channel email\n  subject "Hi"\n  body "{body}"\n'
    assert told(text) == []
