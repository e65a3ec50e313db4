"""Mistakes in kinds of values: FL201 to FL208."""

from flowlang.rules.mistakes import Mistake

_FIELDS = """\
contact
  score    number
  country  one of "DE", "AT"
  vip      yes/no

"""
_STARTS = """\
campaign "Hello"
  start when tagged "new"
"""

PAGES = {
    "type-mismatch": Mistake(
        "Two kinds of value that cannot be compared or reckoned with each other.",
        "A number and a text are never equal, so the condition would never hold. Write the value"
        ' as the field has it: `10` for a number, `2026-12-24` for a date, `"ten"` for a text.',
        f'{_FIELDS}segment "regulars"\n  score > "ten"\n',
        f'{_FIELDS}segment "regulars"\n  score > 10\n',
    ),
    "bad-value": Mistake(
        "A value that cannot be.",
        "There is no 30 February, no 25:00, no share below zero. The finding says what was"
        " expected.",
        f'{_STARTS}  wait until 2027-02-30\n  tag "greeted"\n',
        f'{_STARTS}  wait until 2027-02-28\n  tag "greeted"\n',
    ),
    "not-a-condition": Mistake(
        "A value where a condition has to stand.",
        "A condition is true or not. Only a field of `yes/no` is one by itself; compare others"
        " with something, or ask whether they are set.",
        f'{_FIELDS}segment "regulars"\n  score\n',
        f'{_FIELDS}segment "regulars"\n  score is set\n',
    ),
    "not-a-choice": Mistake(
        "A text that is none of the values a field can have.",
        "The field is `one of` a few, so the condition would never hold. The hint names the value"
        " that is most like it; else add it to the field.",
        f'{_FIELDS}segment "French"\n  country = "FR"\n',
        f'{_FIELDS}segment "Austrian"\n  country = "AT"\n',
    ),
    "bad-pattern": Mistake(
        "A pattern behind `matches` that cannot be read.",
        "Patterns are those of RE2. A sign such as `(`, `[` or `*` that is meant as itself has a"
        " backslash before it; mostly `contains` or `starts with` says it more simply.",
        'segment "support"\n  email matches "^info@("\n',
        'segment "support"\n  email matches "^info@"\n',
    ),
    "out-of-place": Mistake(
        "Something that has no meaning at this place.",
        "Mostly it speaks of what is not there: of an event in a campaign that no event starts,"
        " of a reply without a wait for one, of one contact where there is none. The finding says"
        " what it needs.",
        f'{_STARTS}  if event.total > 50\n    tag "greeted"\n',
        "event purchase\n  total  number\n\n"
        'campaign "Hello"\n  start on purchase\n  if event.total > 50\n    tag "greeted"\n',
    ),
    "shares-not-100": Mistake(
        "A split whose shares do not make up all contacts.",
        "Each contact takes one branch, so the shares sum to 100%; in a `split best` they may be"
        " less, and the rest waits for the winner.",
        f'{_STARTS}  split\n    50% "A"\n      tag "a"\n    40% "B"\n      tag "b"\n',
        f'{_STARTS}  split\n    50% "A"\n      tag "a"\n    50% "B"\n      tag "b"\n',
    ),
    "day-excepted": Mistake(
        "A day that a calendar names and takes away again.",
        "What an `except` takes away never counts, also where an `on` names it. Take out the line"
        " that was not meant.",
        'calendar "office days"\n  on monday to friday\n  on 2026-12-24\n'
        f'  except 2026-12-24 to 2026-12-31\n\n{_STARTS}  wait 3 "office days"\n  tag "greeted"\n',
        'calendar "office days"\n  on monday to friday\n'
        f'  except 2026-12-25 to 2026-12-31\n\n{_STARTS}  wait 3 "office days"\n  tag "greeted"\n',
    ),
}
