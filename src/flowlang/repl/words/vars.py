"""`vars`"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.contact import Contact, Run
from flowlang.kinds import in_words
from flowlang.repl.session import Session
from flowlang.repl.told import Told, padded, row
from flowlang.repl.word import Word
from flowlang.repl.words.as_ import there
from flowlang.reports.text import columns
from flowlang.speech import Text, in_language, tr


class Vars(Word):
    """Shows what is known of the contact: its fields, tags, groups, consent, records, events; and
    what its runs brought along.
    """

    names = (("en", "vars"), ("de", "werte"))
    usage = (
        "vars",
        tr("vars bob"),
    )
    topic = "looking"

    def do(self, session: Session, rest: str) -> Told:
        zone = session.program.config.timezone
        meant = session.contact() if not rest else session.stage.play.contact(there(session, rest))
        found = [
            (in_language(name, session.language), value if isinstance(value, Text) else
             in_words(value, zone))
            for name, value in _known(meant, session)
        ]  # fmt: skip
        width = max(columns(name) for name, _ in found)
        return [
            row("  ", ("dim", padded(name, width)), "  ", value, hang=width + 4)
            for name, value in found
        ]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return list(session.stage.contacts)


def _known(contact: Contact, session: Session) -> Iterator[tuple[str, object]]:
    zone = session.program.config.timezone
    yield "id", contact.id
    for name in session.program.names.fields:
        if name in contact.fields:
            yield name, contact.fields[name]
    for tag, end in contact.tags.items():
        until = tr("{tag}, until {moment}", tag=tag, moment=in_words(end, zone))
        yield tr("tag"), tag if end is None else until
    for group in sorted(contact.groups):
        yield tr("group"), group
    for channel, granted in contact.consent.items():
        said = tr("granted") if granted else tr("withdrawn")
        yield tr("marketing by {channel}", channel=channel), said
    if contact.blocked:
        yield tr("blocked"), tr("yes")
    for name, rows in contact.records.items():
        for one in rows:
            yield name, one
    for name, happened in contact.events.items():
        for event in happened:
            yield tr("event {name}", name=name), _dated(event.data, zone)
    for run in contact.runs.values():
        for name, value in _brought(run):
            known = _dated(value, zone) if isinstance(value, dict) else value
            yield f"{session.teller().campaign(run.campaign)} {name}", known


def _dated(data: dict[str, Any], zone: ZoneInfo) -> str:
    """What an event brought, behind the moment at which it happened."""
    rest = {name: value for name, value in data.items() if name != "at"}
    parts = [in_words(data["at"], zone)] if "at" in data else []
    return ", ".join([*parts, in_words(rest, zone)] if rest else parts)


def _brought(run: Run) -> Iterator[tuple[str, object]]:
    for name in ("event", "reply", "answer"):
        value = getattr(run, name)
        if value:
            yield name, value


WORD = Vars()
