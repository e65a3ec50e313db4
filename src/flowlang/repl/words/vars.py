"""`vars`"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowlang.contact import Contact, Run
from flowlang.kinds import in_words
from flowlang.repl.session import Session
from flowlang.repl.told import Told, padded, row
from flowlang.repl.word import Word
from flowlang.repl.words.as_ import there
from flowlang.reports.text import columns


class Vars(Word):
    """Shows what is known of the contact: its fields, tags, groups, consent, records, events; and
    what its runs brought along.
    """

    names = (("en", "vars"), ("de", "werte"))
    usage = ("vars", "vars bob")
    topic = "looking"

    def do(self, session: Session, rest: str) -> Told:
        zone = session.program.config.timezone
        meant = session.contact() if not rest else session.stage.play.contact(there(session, rest))
        found = [
            (name, in_words(value, zone), style) for name, value, style in _known(meant, session)
        ]
        width = max(columns(name) for name, _, _ in found)
        return [
            row("  ", ("dim", padded(name, width)), f"  {value}", hang=width + 4)
            for name, value, _ in found
        ]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return list(session.stage.contacts)


def _known(contact: Contact, session: Session) -> Iterator[tuple[str, object, str]]:
    yield "id", contact.id, ""
    for name in session.program.names.fields:
        if name in contact.fields:
            yield name, contact.fields[name], ""
    for tag, end in contact.tags.items():
        yield "tag", tag if end is None else [tag, "until", end], ""
    for group in sorted(contact.groups):
        yield "group", group, ""
    for channel, granted in contact.consent.items():
        yield f"marketing by {channel}", "granted" if granted else "withdrawn", ""
    if contact.blocked:
        yield "blocked", True, ""
    for name, rows in contact.records.items():
        for one in rows:
            yield name, one, ""
    for name, happened in contact.events.items():
        for event in happened:
            yield f"event {name}", event.data, ""
    for run in contact.runs.values():
        yield from ((f'"{run.campaign}" {name}', value, "") for name, value in _brought(run))


def _brought(run: Run) -> Iterator[tuple[str, object]]:
    for name in ("event", "reply", "answer"):
        value = getattr(run, name)
        if value:
            yield name, value


WORD = Vars()
