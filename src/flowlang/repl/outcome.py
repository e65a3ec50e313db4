"""WHAT CAME OF A SESSION, as the expectations of a test: each of them holds when it is written."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.calendar import Duration, local
from flowlang.contact import Contact, Run
from flowlang.engine.play import Failed
from flowlang.engine.tracing import Decision
from flowlang.repl.script import Line, Wrong, plain, quoted, read_lines, translated
from flowlang.repl.session import Session
from flowlang.repl.stage import Stage
from flowlang.source import Findings


def outcome(session: Session, whose: Container[str] | None = None) -> list[Line]:
    """Expectations that hold now: what was sent and skipped, where everyone stands (or only some,
    `whose`), tags, fields that steps have set, coupons, notices.
    """
    return _holding(session, _expected(session, whose)) if session.stage.begun else []


def _holding(session: Session, texts: Iterable[str]) -> list[Line]:
    """The expectations that hold, of those in English; in the language of the session."""
    found: list[Line] = []
    for text in dict.fromkeys(texts):
        if not plain(text):
            continue
        try:
            line = read_lines(f"expect {text}", "en")[0]
        except Wrong:
            continue  # a name or value that the language cannot write
        if _holds(session.stage, line):
            found.append(line)
    text = "\n".join(line.text for line in found)
    return translated(text, "en", session.tongue.words.code)


def in_words(session: Session) -> list[str]:
    """The same for people, without the word `expect`, and with all that is known of everyone."""
    word = session.tongue.word("_EXPECT")
    known = _holding(session, _known(session)) if session.stage.begun else []
    lines = dict.fromkeys(line.text for line in (*outcome(session), *known))
    return [line.removeprefix(f"{word} ") for line in lines]


def _known(session: Session) -> Iterator[str]:
    """What is known of each contact, whoever has said it."""
    zone, names = session.program.config.timezone, session.program.names
    for contact in session.stage.play.timeline.contacts.values():
        if contact.id not in session.stage.contacts or contact.deleted:
            continue
        whom = f" for {quoted(contact.id)}" if len(session.stage.contacts) > 1 else ""
        for name in names.fields:
            value = written(contact.fields.get(name), zone)
            if value is not None and name not in ("id", "created"):
                yield f"{name} = {value}{whom}"
        for group in sorted(contact.groups):
            yield f"in group {quoted(group)}{whom}"
        for channel, granted in contact.consent.items():
            said = "" if granted else "not "
            yield f"{said}may get marketing by {channel}{whom}"


def _holds(stage: Stage, line: Line) -> bool:
    """Whether an expectation holds; it moves no clock, for nothing in it is ahead."""
    findings = Findings()
    stage.compiler.report_to(findings)
    check = stage.compiler.line(line.node)
    if findings.has_errors:
        return False
    try:
        check(stage.play)
    except Failed:
        return False
    return True


def _expected(session: Session, whose: Container[str] | None) -> Iterator[str]:
    stage, program = session.stage, session.program
    world, zone = stage.play.world, program.config.timezone
    several = len(stage.contacts) > 1
    for sent in world.sent:
        to = f" to {quoted(sent.contact)}" if several and not sent.elsewhere else ""
        to = f" to {quoted(sent.address)}" if sent.elsewhere else to
        yield f"sent {quoted(sent.message)}{to} at {_clock(sent.at, zone)}"
    for skip in world.skipped:
        to = f" to {quoted(skip.contact)}" if several else ""
        yield f"skipped {quoted(skip.message)}{to} because {quoted(skip.because)}"
    for contact in stage.play.timeline.contacts.values():
        whom = f" for {quoted(contact.id)}" if several else ""
        meant = whose is None or contact.id in whose
        if meant and contact.id in stage.contacts and not contact.deleted:
            yield from (f"{one}{whom}" for one in _of_contact(session, contact))
    for name in dict.fromkeys(name for letter in world.letters for name, _ in letter.codes):
        yield f"coupons left {quoted(name)} = {world.pool(name).left}"
    for notice in world.notices:
        who = "inbox" if notice.who == "inbox" else quoted(notice.who)
        yield f"notified {who} contains {quoted(notice.text)}"


def _of_contact(session: Session, contact: Contact) -> Iterator[str]:
    zone = session.program.config.timezone
    for run in contact.runs.values():
        if run.campaign in session.program.names.campaigns:
            yield from _of_run(run, zone)
    decisions = session.stage.trace.of(contact.id)
    for tag in contact.tags:
        yield f"tagged {quoted(tag)}"
    for tag in dict.fromkeys(_untagged(decisions)):
        if tag not in contact.tags:
            yield f"not tagged {quoted(tag)}"
    for name in dict.fromkeys(_set_by_steps(decisions)):
        value = written(contact.fields.get(name), zone)
        yield f"{name} is not set" if value is None else f"{name} = {value}"


def _of_run(run: Run, zone: ZoneInfo) -> Iterator[str]:
    campaign = quoted(run.campaign)
    if run.status == "waiting":
        until = f" until {_clock(run.due, zone)}" if run.due is not None else ""
        yield f"waiting{until} in {campaign}"
    elif run.status != "running":
        yield f"{run.status} in {campaign}"
    if run.round > 1:
        yield f"round {run.round} in {campaign}"


def _untagged(decisions: list[Decision]) -> Iterator[str]:
    for one in decisions:
        if one.entry.what == "untagged":
            yield one.entry.because


def _set_by_steps(decisions: list[Decision]) -> Iterator[str]:
    """The fields that a step, and nobody outside, has set or cleared."""
    for one in decisions:
        if one.entry.what in ("set", "cleared") and one.entry.campaign:
            yield one.entry.because.partition(":")[0]


def _clock(moment: datetime, zone: ZoneInfo) -> str:
    shown = local(moment, zone)
    return f"{shown.date().isoformat()} {shown:%H:%M}"


def written(value: Any, zone: ZoneInfo) -> str | None:
    """A value as the language writes it in English; None for one that it cannot write."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            text = (
                f"{value:.15f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
            )
            return text if len(text.lstrip("-").partition(".")[0]) <= 15 else None
        case str():
            return quoted(value) if plain(value) else None
        case datetime():
            return _clock(value, zone)
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Duration():
            return value.words() if not value.seconds % 60 and not value.is_zero else None
    return None
