"""HISTORY → ANOTHER LANGUAGE: what a history and a process say, told to a person.

The store keeps them in English, for tests and programs compare their words.  Here they are known
again by their form; names, values and statements in them stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from flowlang.contact import Entry
from flowlang.speech import ENGLISH, Retold, Text, in_language, joined, tr, tr_n
from flowlang.syntax import keywords


def what(word: str, language: str) -> str:
    """What was decided: `sent`, `waiting for restart`."""
    return in_language(_WHAT(word), language)


def because(word: str, reason: str, language: str) -> str:
    """Why, behind the `word` of what was decided."""
    if language == ENGLISH or not reason:
        return reason
    kept = _KEPT.get(word)
    if kept is not None:
        told = _from_table(reason, kept, language)
        if told is not None:
            return told
    known: Callable[[str], str] | None = _BECAUSE.get(word)
    if word.startswith("started"):
        known = _STARTED
    return in_language(known(reason), language) if known is not None else reason


class _Because(Text):
    """The reason of an entry, for who does not know yet in which language it will be told."""

    __slots__ = ()

    def in_(self, language: str) -> str:
        return because(self.parts["word"], self.parts["reason"], language)


def decision(entry: Entry) -> Text:
    """A line of a history, without its moment: where, what, and why."""
    where = f"{entry.whose}  " if entry.campaign else ""
    step = f"{entry.step}: " if entry.step else ""
    parts = {"where": where, "step": step, "what": _WHAT(entry.what)}
    if not entry.because:
        return Text("{where}{step}{what}", parts)
    why = _Because("{reason}", {"word": entry.what, "reason": entry.because})
    return Text("{where}{step}{what} ({because})", {**parts, "because": why})


def process(text: str, language: str) -> str:
    """The type, the status, or why it stands, of a process."""
    if language == ENGLISH or not text:
        return text
    told = _from_table(text, ("told-empty", "told-behind", *_REASONS), language)
    if told is not None:
        return told
    known = _PROCESS(text)
    return in_language(known if isinstance(known, Text) else refusal(text), language)


def skipped(reason: str, language: str) -> str:
    """For what a send was skipped."""
    told = None if language == ENGLISH else _from_table(reason, _REASONS, language)
    return reason if told is None else told


def refusal(reason: str) -> str:
    """Why an arrival was refused."""
    return _REFUSAL(reason)


def letter(reason: str, language: str) -> str:
    """Why a letter has not arrived; what another program has answered stays as it is."""
    told = None if language == ENGLISH else _from_table(reason, _REASONS, language)
    return in_language(_LETTER(reason), language) if told is None else told


def value(text: str, language: str) -> str:
    """A value as a condition found it: only what is none is said in words."""
    return in_language(_VALUE(text), language)


def status(of: str) -> str:
    """Where a run stands."""
    return _WHAT(of)


def kind(of: str) -> str:
    """The type or the status of a process."""
    return _PROCESS(of)


def stands(of: str, who: str, reason: str) -> str:
    """The status of a process, with who brought it there and why, where that is known."""
    if who and reason:
        return tr("{status} by {who}: {why}", status=kind(of), who=who, why=reason)
    if who:
        return tr("{status} by {who}", status=kind(of), who=who)
    return tr("{status}: {why}", status=kind(of), why=reason) if reason else kind(of)


def way(label: str) -> str:
    """The way that a run takes out of a step: an outcome, or the name of a branch."""
    return _WAY(label)


def ahead(unit: str, count: int) -> Text:
    """So many days, hours or minutes from now."""
    if unit == "day":
        return tr_n("in {count} day", "in {count} days", count)
    if unit == "hour":
        return tr_n("in {count} hour", "in {count} hours", count)
    return tr_n("in {count} minute", "in {count} minutes", count)


def span(text: str) -> str:
    """A length of time, in the words of `Duration.words`."""
    parts = text.split()
    amounts, units = parts[::2], [unit.rstrip("s") for unit in parts[1::2]]
    if len(amounts) != len(units) or not all(map(_COUNT.fullmatch, amounts)):
        return text
    if not all(unit in _UNITS for unit in units):
        return text
    return joined(
        (counted(unit, int(amount)) for unit, amount in zip(units, amounts, strict=True)), " "
    )


_COUNT = re.compile(r"-?[0-9]+")
_UNITS = ("year", "month", "week", "day", "hour", "minute", "second")


def counted(unit: str, count: int) -> Text:
    """So many units of time."""
    match unit:
        case "year":
            return tr_n("{count} year", "{count} years", count)
        case "month":
            return tr_n("{count} month", "{count} months", count)
        case "week":
            return tr_n("{count} week", "{count} weeks", count)
        case "day":
            return tr_n("{count} day", "{count} days", count)
        case "hour":
            return tr_n("{count} hour", "{count} hours", count)
        case "minute":
            return tr_n("{count} minute", "{count} minutes", count)
    return tr_n("{count} second", "{count} seconds", count)


# ---------------------------------------------------------------------- what is known


def _from_table(text: str, keys: Iterable[str], language: str) -> str | None:
    """A sentence that the keyword tables have for both; None where it is another one."""
    english, own = keywords.load(ENGLISH), keywords.load(language)
    head, apart, detail = text.partition(": ")
    for key in keys:
        if key not in english.sentences or key not in own.sentences:
            continue
        pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(english.sentences[key]))
        whole = re.fullmatch(pattern, text, re.DOTALL)
        if whole is not None:
            return own.say(key, **whole.groupdict())
        if apart and re.fullmatch(pattern, head):
            return f"{own.say(key)}{apart}{detail}"
    return None


_REASONS = (
    "told-cancelled", "told-overdue", "told-blocked", "told-no-address", "told-robinson",
    "told-no-consent", "told-objection", "told-window", "told-cap", "told-missing-value",
    "told-template-error", "told-no-code", "told-the-contact-was-deleted", "told-merged",
)  # fmt: skip
"""For what a send is skipped; in a history its detail stands behind a colon."""
_KEPT = {
    "halted": ("told-empty", "told-behind"),
    "skipped": _REASONS,
    "taken back": _REASONS,
}
"""What the keyword tables have a sentence for."""

_WHAT = Retold(
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
_CHANGE = Retold(
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
_STARTED = Retold("{change}: {start}", "{change}", within={"change": _CHANGE})
_OVER = Retold(
    "the contact was deleted", "more than {count} steps in one instant",
    "{change}: newest wins", "{ending} ({change})", 'by the campaign "{campaign}"',
    'by the automation "{automation}"', "by hand", "the program has changed; it stood at `{step}`",
    within={"change": _CHANGE},
)  # fmt: skip
_REVISED = Retold(
    "tags {tags}; groups {groups}", "tags {tags}", "groups {groups}",
    "{fields}; tags {tags}; groups {groups}", "{fields}; tags {tags}", "{fields}; groups {groups}",
)  # fmt: skip
_VALUE = Retold("not set", "nothing", "never said", "granted", "withdrawn", "never sent", "once")
_FIELD = Retold("{field}: {old} → {new}", within={"old": _VALUE, "new": _VALUE})
_CONSENT = Retold("marketing by {channel}")
_TIMED_OUT = Retold("after {span}", within={"span": span})
_IGNORED = Retold(
    "{change}, {span} must pass after the restart", "{change}: a run is under way",
    "{change}: at most once per {span}", "{change}: its start does not hold: {starts}",
    within={"change": _CHANGE, "span": span},
)  # fmt: skip


def _codes(text: str) -> str:
    return _SENT_WITH(text)


_SENT_WITH = Retold(
    '{sent}, code {code} of "{name}"', '{sent}, "{text}" in place of a code of "{name}"',
    "to {address}", within={"sent": _codes},
)  # fmt: skip
"""The last code first: what is before it is known again in the same way."""


def _condition(text: str) -> str:
    """`score: not set, vip: no`: on which values a condition hung."""
    return joined(_each_value(text))


def _each_value(text: str) -> Iterable[str]:
    for part in text.split(", "):
        about, colon, found = part.rpartition(": ")
        if not colon:
            yield _VALUE(part)
        else:
            yield tr("{about}: {value}", about=about, value=_ANSWERED(found))


_ANSWERED = Retold(
    "not set", "never said", "granted", "withdrawn", "never sent", "once", "yes", "no",
    "{count} times", "nothing bars it", "a value or a code is missing",
)  # fmt: skip
_BECAUSE = {
    "created": _REVISED,
    "updated": _REVISED,
    "tagged": Retold("{tag}, which it had"),
    "set": _FIELD,
    "cleared": _FIELD,
    "unknown time zone": Retold("{name}: {zone} is used"),
    "consent granted": _CONSENT,
    "consent withdrawn": _CONSENT,
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
    "moved": _OVER,
    "finished": _OVER,
    "stopped": _OVER,
    "too early": _IGNORED,
    "start ignored": _IGNORED,
    "not restarted": _IGNORED,
    "timed out": _TIMED_OUT,
    "came": Retold("{change}, {data}", "{change}", within={"change": _CHANGE}),
    "sent": _SENT_WITH,
    "event": _CHANGE,
    "yes": _condition,
    "no": _condition,
    "missed": Retold("the moment was {moment}"),
    "ends here": Retold(
        'the goal "{name}" is not met', "the calendar has no such day any more",
        "the moment is not set", "the moment is past",
    ),
    "call failed": Retold("{url}, tried again {time}"),
    "refilled": Retold('{count} new code into "{name}" from {file}',
                       '{count} new codes into "{name}" from {file}'),
    "exported": Retold('report "{name}" to {file}', "{count} to {file}"),
    "campaign started": Retold('"{name}" for {count}', '"{name}" for {count}, started for {some}'),
    "added": Retold('{count} to group "{name}"'),
    "removed": Retold('{count} from group "{name}"'),
    "sending": Retold('"{name}" to {count}'),
}  # fmt: skip
_LETTER = Retold(
    "nobody can tell whether it arrived", "the program ended while it was handed over",
    "the program ended while it was handed over; it is not sent again",
    "given up after {count} tries: {reason}", "given up after {count} tries",
    "it waits for its turn: only so many go to {domain} at once",
    "the delivery did not say what became of it", "the delivery broke off: {failure}",
)  # fmt: skip


def _what(text: str) -> str:
    return _THE(text)


_THE = Retold(
    'the campaign "{name}"', 'the message send "{name}"', 'the message send "{name}" of "{by}"',
    'the group send "{name}"', 'the group send "{name}" of "{by}"', 'the import contacts "{name}"',
    'the import contacts "{name}" of "{by}"', 'the import coupons "{name}"',
    'the import coupons "{name}" of "{by}"', 'the export contacts "{name}" of "{by}"',
    'the export report "{name}" of "{by}"',
)  # fmt: skip
_REFUSAL = Retold(
    "nothing is known of `{kind}`",
    '"{message}" was never sent to {contact}, so it cannot be {kind}',
    'there is no automation "{name}"', 'there is no contact "{name}"', "there is no such process",
    'the contact "{name}" was deleted', '"{name}" was merged into "{into}"',
    '"{name}" cannot be merged into itself',
    "the event `{name}` happens to a contact; say to which",
    "{what} is over, or there is none", "{what} is {status}: nothing more happens",
    "{what} is {status} already", "{what} is not halted: nobody waits for it",
    'missing {count} code in "{name}"', 'missing {count} codes in "{name}"',
    within={"what": _what, "status": kind},
)  # fmt: skip
_WAY = Retold(
    "yes", "no", "in time", "timed out", "missed", "past", "not set", "otherwise", "again", "met",
    "not met", "once more", "no more", "sent", "not sent", "halted", "done", "refused",
)  # fmt: skip
_PROCESS = Retold(
    "campaign", "message send", "group send", "import contacts", "import coupons",
    "export contacts", "export report", "waiting", "running", "halted", "paused", "finished",
    "failed", "cancelled", "the program has it no more", "its automation has changed",
)  # fmt: skip
"""A type, a status, or what a process says of itself."""
