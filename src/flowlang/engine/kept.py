"""What histories, processes and letters say in English in the store: the forms of all of it.

`retelling` says it in another language.  Where a sentence is made in the engine, its form stands
here, and a test plays the examples in German and finds what is missing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from flowlang.speech import Retold, Text, forms, joined, tr, tr_n

# ---------------------------------------------------------------------- numbers with their nouns

_AHEAD = {
    "day": forms("in {count} day", "in {count} days"),
    "hour": forms("in {count} hour", "in {count} hours"),
    "minute": forms("in {count} minute", "in {count} minutes"),
}
_COUNTED = {
    "year": forms("{count} year", "{count} years"),
    "month": forms("{count} month", "{count} months"),
    "week": forms("{count} week", "{count} weeks"),
    "day": forms("{count} day", "{count} days"),
    "hour": forms("{count} hour", "{count} hours"),
    "minute": forms("{count} minute", "{count} minutes"),
    "second": forms("{count} second", "{count} seconds"),
    "contact": forms("{count:,} contact", "{count:,} contacts"),
    "new code": forms("{count:,} new code", "{count:,} new codes"),
}
_ONE = re.compile(rf"(-?[0-9][0-9,]*) ({'|'.join(_COUNTED)})s?")
_SOME = re.compile(rf"{_ONE.pattern}(?: {_ONE.pattern})*")


def ahead(unit: str, count: int) -> Text:
    """So many days, hours or minutes from now."""
    return tr_n(*_AHEAD[unit], count)


def number_of(noun: str, count: int) -> Text:
    """So many units of time, contacts or codes."""
    return tr_n(*_COUNTED[noun], count)


def amount(text: str) -> str:
    """One or several of them, such as `Duration.words` gives, known again."""
    if not _SOME.fullmatch(text):
        return text
    found = _ONE.findall(text)
    return joined((number_of(noun, int(count.replace(",", ""))) for count, noun in found), " ")


# ---------------------------------------------------------------------- sentences

REASONS = (
    "told-cancelled", "told-overdue", "told-blocked", "told-no-address", "told-robinson",
    "told-no-consent", "told-objection", "told-window", "told-cap", "told-missing-value",
    "told-template-error", "told-no-code", "told-the-contact-was-deleted", "told-merged",
)  # fmt: skip
"""For what a send is skipped; in a history its detail stands behind a colon."""
KEPT = {
    "halted": ("told-empty", "told-behind"),
    "skipped": REASONS,
}
"""What the keyword tables have a sentence for."""

PROCESS = Retold(
    "campaign", "message send", "group send", "import contacts", "import coupons",
    "export contacts", "export report", "waiting", "running", "halted", "paused", "finished",
    "failed", "cancelled", "the program has it no more", "its automation has changed",
)  # fmt: skip
"""A type, a status, or what a process says of itself."""
WHAT = Retold(
    "created", "updated", "tagged", "untagged", "tag ended", "set", "cleared", "not set",
    "unknown time zone", "joined group", "left group", "record added", "records changed",
    "records removed", "event", "consent granted", "consent withdrawn", "blocked", "unblocked",
    "deleted", "merged", "started", "started round {number}", "finished", "stopped", "too early",
    "start ignored", "not restarted", "waiting", "waiting for restart", "halted", "held",
    "goes on", "passed over", "moved", "sent", "skipped", "taken back", "notified", "called",
    "call failed", "came", "timed out", "missed", "ends here", "yes", "no", "branch", "goal met",
    "goal not met", "measured", "refilled", "exported", "imported", "campaign started", "added",
    "removed", "warned", "sending", "failed", "refused", "running", "cancelled", "paused",
    "the campaign is gone", "at a step that is gone",
)  # fmt: skip
CHANGE = Retold(
    'untag "{tag}"', 'the tag "{tag}" ended', "set {fields}", "clear {fields}",
    'join group "{group}"', 'leave group "{group}"', "new contact", "contact updated",
    "add {records}", "remove {records}", "grant marketing by {channel}",
    "withdraw marketing by {channel}", "block", "unblock", "the campaign was applied",
    "started by hand", 'started by the campaign "{campaign}"',
    'started by the automation "{automation}"', 'by the campaign "{campaign}"',
    'by the automation "{automation}"', "by hand", "run by hand", "its schedule", "opened",
    "clicked", "bounced", "complained", "unsubscribed", "import finished", "send finished",
    "send halted", "coupons low", "coupons empty", "process failed",
)  # fmt: skip
"""What set something off; an event of the workspace goes by its own name."""
STARTED = Retold("{change}: {start}", "{change}", within={"change": CHANGE})
OVER = Retold(
    "the contact was deleted", "more than {count} steps in one instant",
    "{change}: newest wins", "{ending} ({change})", 'by the campaign "{campaign}"',
    'by the automation "{automation}"', "by hand", "the program has changed; it stood at `{step}`",
    within={"change": CHANGE},
)  # fmt: skip
REVISED = Retold(
    "tags {tags}; groups {groups}", "tags {tags}", "groups {groups}",
    "{fields}; tags {tags}; groups {groups}", "{fields}; tags {tags}", "{fields}; groups {groups}",
)  # fmt: skip
VALUE = Retold("not set", "nothing", "never said", "granted", "withdrawn", "never sent", "once")
FIELD = Retold("{field}: {old} → {new}", within={"old": VALUE, "new": VALUE})
CONSENT = Retold("marketing by {channel}")
TIMED_OUT = Retold("after {span}", within={"span": amount})
IGNORED = Retold(
    "{change}, {span} must pass after the restart", "{change}: a run is under way",
    "{change}: at most once per {span}", "{change}: its start does not hold: {starts}",
    within={"change": CHANGE, "span": amount},
)  # fmt: skip


def _codes(text: str) -> str:
    return SENT_WITH(text)


SENT_WITH = Retold(
    '{sent}, code {code} of "{name}"', '{sent}, "{text}" in place of a code of "{name}"',
    "to {address}", within={"sent": _codes}, greedy=frozenset({"sent"}),
)  # fmt: skip
"""The last code first: what is before it is known again in the same way."""


def _condition(text: str) -> str:
    """`score: not set, vip: no`: on which values a condition hung."""
    return joined(_each_value(text))


def _each_value(text: str) -> Iterable[str]:
    for part in text.split(", "):
        about, colon, found = part.rpartition(": ")
        if not colon:
            yield VALUE(part)
        else:
            yield tr("{about}: {value}", about=about, value=ANSWERED(found))


ANSWERED = Retold(
    "not set", "never said", "granted", "withdrawn", "never sent", "once", "yes", "no",
    "{count} times", "nothing bars it", "a value or a code is missing",
)  # fmt: skip
FLAW = Retold(
    "it is nested deeper than {most} levels", "it holds half a character (a lone surrogate)",
    "it holds a NUL character", "it holds a number of over {most} digits",
    "it holds a number that is not finite", "it is larger than {size} KB",
    "the key `{text}` is there twice", "this is no JSON: {why}",
)  # fmt: skip
CALL = Retold(
    "the answer is {status}", "the answer is longer than {count} bytes",
    "the answer is not in UTF-8", "the answer cannot be used: {flaw}",
    "no answer in {count} seconds", "it cannot be reached: {failure}",
    within={"flaw": FLAW},
)  # fmt: skip
"""Why a call has failed."""
BECAUSE: dict[str, Callable[[str], str]] = {
    "created": REVISED,
    "updated": REVISED,
    "tagged": Retold("{tag}, which it had"),
    "set": FIELD,
    "cleared": FIELD,
    "unknown time zone": Retold("{name}: {zone} is used"),
    "consent granted": CONSENT,
    "consent withdrawn": CONSENT,
    "waiting": Retold(
        "until {moment}", "until the moment is set", "for the cap", "for the cap, until {moment}",
        "for the send window", "for the send window, until {moment}", "the step has changed",
        "until {moment}, for the step has changed", "the calendar has no such day",
        "the calendar has no such day in the next ten years",
    ),
    "waiting for restart": Retold(
        "a trigger counts from {moment} on", "{why}; a trigger counts from {moment} on"
    ),
    "held": Retold("paused", "cancelled"),
    "passed over": Retold("overdue", "it was done in this round already"),
    "moved": OVER,
    "finished": OVER,
    "stopped": OVER,
    "too early": IGNORED,
    "start ignored": IGNORED,
    "not restarted": IGNORED,
    "timed out": TIMED_OUT,
    "came": Retold("{change}, {data}", "{change}", within={"change": CHANGE}),
    "sent": SENT_WITH,
    "event": CHANGE,
    "yes": _condition,
    "no": _condition,
    "merged": Retold('"{name}" into this one', 'into "{name}"'),
    "missed": Retold("the moment was {moment}"),
    "ends here": Retold(
        'the goal "{name}" is not met', "the calendar has no such day any more",
        "the moment is not set", "the moment is past",
    ),
    "call failed": Retold(
        "{url}, tried again {time}", "{url}: {why}", "{url}: {why}, tried again {time}",
        within={"why": CALL},
    ),
    "refilled": Retold('{codes} into "{name}" from {file}', within={"codes": amount}),
    "exported": Retold('report "{name}" to {file}', "{contacts} to {file}",
                       within={"contacts": amount}),
    "campaign started": Retold('"{name}" for {contacts}',
                               '"{name}" for {contacts}, started for {some}',
                               within={"contacts": amount}),
    "added": Retold('{contacts} to group "{name}"', within={"contacts": amount}),
    "removed": Retold('{contacts} from group "{name}"', within={"contacts": amount}),
    "sending": Retold('"{name}" to {count}'),
}  # fmt: skip
LEFT_OUT = Retold("known", "twice in the file", "left out", "unchanged", "refused")
LETTER = Retold(
    "nobody can tell whether it arrived", "the program ended while it was handed over",
    "the program ended while it was handed over; it is not sent again",
    "given up after {count} tries: {reason}", "given up after {count} tries",
    "it waits for its turn: only so many go to {domain} at once",
    "the delivery did not say what became of it", "the delivery broke off: {failure}",
    "the outbox cannot be written: the disk is full", "the outbox cannot be written: {failure}",
)  # fmt: skip


def _what(text: str) -> str:
    return THE(text)


THE = Retold(
    'the campaign "{name}"', 'the message send "{name}"', 'the message send "{name}" of "{by}"',
    'the group send "{name}"', 'the group send "{name}" of "{by}"', 'the import contacts "{name}"',
    'the import contacts "{name}" of "{by}"', 'the import coupons "{name}"',
    'the import coupons "{name}" of "{by}"', 'the export contacts "{name}" of "{by}"',
    'the export report "{name}" of "{by}"',
)  # fmt: skip
WHOSE = Retold(
    'automation "{name}"', 'send "{message}" by the automation "{name}"',
    'send "{message}" by the automation "{name}" ({number})',
)  # fmt: skip
"""What an entry of a history belongs to, where it is no campaign that a person has named."""
REFUSAL = Retold(
    "nothing is known of `{kind}`",
    '"{message}" was never sent to {contact}, so it cannot be {kind}',
    'there is no automation "{name}"', 'there is no contact "{name}"', "there is no such process",
    'the contact "{name}" was deleted', '"{name}" was merged into "{into}"',
    '"{name}" cannot be merged into itself',
    "the event `{name}` happens to a contact; say to which",
    "{what} is over, or there is none", "{what} is {status}: nothing more happens",
    "it is before the start, {moment}",
    "{what} is {status} already", "{what} is not halted: nobody waits for it",
    'missing {count} code in "{name}"', 'missing {count} codes in "{name}"',
    within={"what": _what, "status": PROCESS},
)  # fmt: skip
WAY = Retold(
    "yes", "no", "in time", "timed out", "missed", "past", "not set", "otherwise", "again", "met",
    "not met", "once more", "no more", "sent", "not sent", "halted", "done", "refused",
    "sent, with the text in place of a code", "stops: past", "stops: not set", "run by hand",
    "its schedule", "import finished", "send finished", "send halted", "coupons low",
    "coupons empty", "process failed", "opened", "clicked", "bounced", "complained",
    "unsubscribed", "finished", "failed", "pending", "answered", "started", "branch",
)  # fmt: skip
