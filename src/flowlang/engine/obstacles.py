"""What stood in the way of a send that was skipped, waited or halted: looked up at that moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flowlang.calendar import WEEKDAYS, local
from flowlang.check.names import Message, SendWindow
from flowlang.contact import NO_MAILING, Entry
from flowlang.engine import retelling
from flowlang.engine.interpreter import Interpreter
from flowlang.engine.limits import policies_for
from flowlang.engine.processes import Identity, of_send
from flowlang.engine.recipients import template_for
from flowlang.engine.sending import terms_at
from flowlang.kinds import in_words
from flowlang.speech import tr

MAX_COUNTED = 5
"""Sends that a full cap counts, shown one by one."""


class Fact(NamedTuple):
    """Something that was looked at, and how it was."""

    text: str
    value: str


def obstacles(do: Interpreter, message: Message, entry: Entry) -> tuple[Fact, ...]:
    """What an entry about the send at hand hung on; nothing where it went out."""
    if entry.what not in ("skipped", "waiting", "halted", "held"):
        return ()
    reason = entry.because.partition(":")[0].partition(",")[0]
    if entry.what == "halted":
        return tuple(_codes(do, message, entry))
    found = _FACTS.get(reason)
    return tuple(found(do, message, entry)) if found is not None else ()


_Facts = Iterator[Fact]


def _blocked(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    yield Fact(tr("blocked"), tr("yes"))


def _address(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    name = do.program.config.address_field(message.channel) or message.channel
    raw = do.contact.fields.get(name)
    yield Fact(name, tr("not set") if raw is None else f'"{raw}"')
    if isinstance(raw, str) and NO_MAILING.search(raw):
        yield Fact(tr("the mark [NO MAILING]"), tr("no marketing goes there"))
    elif isinstance(raw, str):
        yield Fact(raw, tr("it bounced, so nothing more goes there"))


def _robinson(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    address, _ = do.sending.recipients.address(do.contact, message)
    yield Fact(address, tr("on the Robinson list"))


def _consent(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    known = do.contact.consent.get(message.channel)
    said = tr("granted") if known else tr("withdrawn")
    words = tr("never granted") if known is None else said
    yield Fact(tr("marketing by {channel}", channel=message.channel), words)


def _windows(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    otherwise = "skip" if entry.what == "skipped" else "wait"
    policies = policies_for(do, terms_at(do))
    for policy in policies:
        zone = policy.zone or do.zone
        for window in policy.windows:
            closed = not window.window.contains(do.now, zone)
            if window.otherwise == otherwise and _concerns(window, message) and closed:
                now = tr(
                    "{window}; it is {moment}, {weekday}", window=window.text,
                    moment=in_words(do.now, zone), weekday=_weekday(do.now, zone),
                )  # fmt: skip
                yield Fact(tr('policy "{name}"', name=policy.name), now)
    if otherwise == "wait":
        opening = do.sending.limits.opening(do, message, policies)
        yield Fact(tr("opens"), in_words(opening, do.zone) if opening else tr("never"))


def _concerns(window: SendWindow, message: Message) -> bool:
    return message.kind == "marketing" or not window.marketing_only


def _weekday(moment: datetime, zone: ZoneInfo) -> str:
    return WEEKDAYS[local(moment, zone).weekday()]


def _caps(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    otherwise = "skip" if entry.what == "skipped" else "wait"
    for policy in policies_for(do, terms_at(do)):
        zone = policy.zone or do.zone
        for cap in policy.caps:
            if cap.otherwise != otherwise or (cap.marketing_only and message.kind != "marketing"):
                continue
            counted = do.sending.limits.counted(do, policy, cap)
            if len(counted) < cap.amount:
                continue
            yield Fact(tr('policy "{name}"', name=policy.name), cap.text)
            names = {sent.at: sent.message for sent in do.contact.messages}
            for at in counted[-MAX_COUNTED:]:
                what = f'"{names[at]}"' if at in names else tr("a send")
                moment = in_words(at, zone)
                yield Fact(tr("counted"), tr("{what} {moment}", what=what, moment=moment))


def _missing(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    name = entry.because.partition(": ")[2] or tr("a value")
    yield Fact(name, tr("not set, and the placeholder has no default"))


def _unrenderable(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    yield Fact(tr("template"), entry.because.partition(": ")[2])


def _codes(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    template = template_for(message, do.sending.recipients.language(do.view, terms_at(do)))
    for name in sorted(template.lists):
        yield Fact(tr('coupons left "{name}"', name=name), str(do.world.pool(name).left))


def _paused(do: Interpreter, message: Message, entry: Entry) -> _Facts:
    send = of_send(message.name, do.campaign, do.run.key)
    own = (send, Identity("campaign", do.campaign.name))
    for process in do.world.processes:
        if process.identity in own and process.status in ("paused", "cancelled"):
            kind = retelling.kind(process.identity.type)
            about = tr("{type} {name}", type=kind, name=process.name)
            yield Fact(about, retelling.stands(process.status, process.who, process.because))


_FACTS: dict[str, Callable[[Interpreter, Message, Entry], _Facts]] = {
    "blocked": _blocked,
    "no address": _address,
    "robinson": _robinson,
    "no consent": _consent,
    "objection": _consent,
    "window": _windows,
    "for the send window": _windows,
    "cap": _caps,
    "for the cap": _caps,
    "template error": _unrenderable,
    "missing value": _missing,
    "no code": _codes,
    "cancelled": _paused,
    "paused": _paused,
}
"""By reason: what it was looked up in."""
