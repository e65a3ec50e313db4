"""WHAT IS SAID IN THE LANGUAGE OF TESTS, for the help: each action and line, with an example."""

from __future__ import annotations

from typing import NamedTuple

from flowlang.repl.script import translated
from flowlang.syntax.keywords import Keywords


class Action(NamedTuple):
    """One that can be said in a session."""

    terminal: str
    """The word that it begins with, as the grammar calls it."""
    example: str
    """In English."""
    help: str
    """In English, too; catalogues know it."""


ACTIONS = (
    Action("_TAG", 'tag "vip"', "Gives the contact a tag; `for 2 days` takes it away again then."),
    Action("_UNTAG", 'untag "vip"', "Takes a tag away."),
    Action("_SET", "set score to 70", "Gives a field a value."),
    Action("_CLEAR", "clear score", "Takes the value of a field away."),
    Action("_JOIN_GROUP", 'join group "Newsletter"', "Puts the contact into a group."),
    Action("_LEAVE_GROUP", 'leave group "Newsletter"', "Takes the contact out of a group."),
    Action("_GRANT_MARKETING_BY", "grant marketing by email", "The contact agrees to marketing."),
    Action("_WITHDRAW_MARKETING_BY", "withdraw marketing by email", "The contact agrees no more."),
    Action("_BLOCK", "block", "Nothing goes to the contact any more."),
    Action("_UNBLOCK", "unblock", "It may get messages again."),
    Action("_ADD", 'add qualification name "Boats"', "Gives the contact one more record."),
    Action("_REMOVE", 'remove qualification where name = "Boats"', "Takes records away."),
    Action("_EVENT", "event purchase total 99", "Lets an event happen to the contact."),
    Action("_START_CAMPAIGN", 'start campaign "Webinar"', "Starts a campaign by hand."),
    Action("_STOP_CAMPAIGN", 'stop campaign "Webinar"', "Ends the runs of a campaign."),
    Action("_DELETE_CONTACT", "delete contact", "Deletes the contact."),
    Action("_MERGE_CONTACT", 'merge contact "bob" into "anna"', "Two contacts become one."),
    Action("DELIVERY_EVENT", 'clicked "Offer"', "Comes back of a message; also `opened` …."),
    Action("SYSTEM_EVENT", 'import finished source "shop"', "An import is through."),
    Action("_IMPORT_COUPONS", 'import coupons "early-bird" "A1", "A2"', "Adds codes to a list."),
    Action("_RESUME", 'resume "Offer"', "A halted send goes on."),
    Action("_RUN_AUTOMATION", 'run automation "Round"', "Runs an automation by hand."),
)  # fmt: skip
"""What happens now, or at the moment of a line."""
LINES = (
    Action("_AT", 'at 2026-12-01 10:00 tag "vip"', "Moves the clock, then does it."),
    Action("_AFTER", 'after 2 days tag "vip"', "Moves the clock so far."),
    Action("_GIVEN_CONTACT", 'given contact "anna"', "A contact that stands there; no trigger."),
    Action("_GIVEN_COUPONS", 'given coupons "early-bird" 3 codes', "Fills a list."),
    Action("_GIVEN_CALL", 'given call "https://example.com" answers score 7', "Answers it."),
    Action("_GIVEN_EVENT", "given event purchase total 5 at 2025-03-01", "Before time began."),
    Action("_EXPECT", 'expect sent "Offer"', "Says whether it is so; a condition, too."),
)  # fmt: skip
"""Lines of a test, as they stand."""


def example(action: Action, words: Keywords) -> str:
    """An example in a language."""
    alone = action in LINES
    text = action.example if alone else f"at 2026-12-01 10:00 {action.example}"
    line = translated(text, "en", words.code)[0].text
    return line if alone else line.partition(":00 ")[2]
