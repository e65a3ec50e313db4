"""Mistakes in tests: FL501 to FL504."""

from flowlang.rules.mistakes import Mistake

_HELLO = """\
contact
  score  number

event purchase
  total  number

campaign "Hello"
  start when score > 50
  tag "greeted"

"""
_TEST = """\
test "whoever is new is greeted"
  given contact
    score 10
  at 2026-03-02 10:00 set score to 60
  expect tagged "greeted"
"""
_GOOD = _HELLO + _TEST

PAGES = {
    "value-in-test": Mistake(
        "A value in a test that has to be worked out.",
        "What a test sets up is data, written out, so that it reads like an example. Only"
        " expectations reckon.",
        _GOOD.replace("set score to 60", "set score to score + 50"),
        _GOOD,
    ),
    "time-goes-forward": Mistake(
        "A moment in a test that lies before the one above.",
        "A test is read from top to bottom, and its clock only goes forward. Put the line where"
        " it belongs, or correct its date.",
        _GOOD + "  at 2026-03-01 10:00 event purchase total 5\n",
        _GOOD + "  at 2026-03-03 10:00 event purchase total 5\n",
    ),
    "no-test-action": Mistake(
        "A line of a test that no test can do.",
        "A test does what happens to a contact from outside. The finding says what is missing, or"
        " who does it instead.",
        _GOOD + "  at 2026-03-03 10:00 opened\n",
        _GOOD,
    ),
    "given-too-late": Mistake(
        "Something given after the test has begun.",
        "What is given stood there before, so its moment lies before the first `at`. What happens"
        " during the test is done by `at … event …`.",
        _HELLO
        + _TEST.replace(
            "    score 10\n", "    score 10\n  given event purchase total 5 at 2026-03-05 10:00\n"
        ),
        _HELLO
        + _TEST.replace(
            "    score 10\n", "    score 10\n  given event purchase total 5 at 2026-01-05 10:00\n"
        ),
    ),
}
