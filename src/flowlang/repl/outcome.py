"""WHAT CAME OF A SESSION, as the expectations of a test: each of them holds when it is written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.calendar import Duration, local
from flowlang.contact import Contact, Run
from flowlang.engine.play import Failed
from flowlang.engine.tracing import Decision
from flowlang.repl.script import Line, Wrong, quoted, read_lines, translated
from flowlang.repl.session import Session
from flowlang.repl.stage import Stage
from flowlang.source import Findings


def outcome(session: Session) -> list[Line]:
    """Expectations that hold now: what was sent and skipped, where everyone stands, tags, fields
    that steps have set, coupons, notices.
    """
    if not session.stage.begun:
        return []
    found: list[Line] = []
    for text in dict.fromkeys(_expected(session)):
        try:
            line = read_lines(f"expect {text}", "en")[0]
        except Wrong:
            continue  # a name or value that the language cannot write
        if _holds(session.stage, line):
            found.append(line)
    text = "\n".join(line.text for line in found)
    return translated(text, "en", session.tongue.words.code)


def in_words(session: Session) -> list[str]:
    """The same without the word `expect`, for people."""
    word = session.tongue.word("_EXPECT")
    return [line.text.removeprefix(f"{word} ") for line in outcome(session)]


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


def _expected(session: Session) -> Iterator[str]:
    stage, program = session.stage, session.program
    world, zone = stage.play.world, program.config.timezone
    several = len(stage.contacts) > 1
    for sent in world.sent:
        whose = f" to {quoted(sent.contact)}" if several and not sent.elsewhere else ""
        whose = f" to {quoted(sent.address)}" if sent.elsewhere else whose
        yield f"sent {quoted(sent.message)}{whose} at {_clock(sent.at, zone)}"
    for skip in world.skipped:
        whose = f" to {quoted(skip.contact)}" if several else ""
        yield f"skipped {quoted(skip.message)}{whose} because {quoted(skip.because)}"
    for contact in stage.play.timeline.contacts.values():
        whom = f" for {quoted(contact.id)}" if several else ""
        if contact.id in stage.contacts and not contact.deleted:
            yield from (f"{one}{whom}" for one in _of_contact(session, contact))
    for name in {name for letter in world.letters for name, _ in letter.codes}:
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
            return quoted(value)
        case datetime():
            return _clock(value, zone)
        case date():
            return value.isoformat()
        case time():
            return f"{value:%H:%M}"
        case Duration():
            return value.words() if not value.seconds % 60 and not value.is_zero else None
    return None
