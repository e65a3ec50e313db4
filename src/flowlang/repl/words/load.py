"""`load "who comes gets the offer"`, `load contacts.csv`"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from flowlang.intake.contacts import ContactRows
from flowlang.intake.problem import Problem
from flowlang.repl import saying
from flowlang.repl.given import given
from flowlang.repl.script import Line, Wrong, named, quoted, translated
from flowlang.repl.session import Session
from flowlang.repl.stage import Loaded
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.syntax.scripts import Test

FILES = (".csv", ".tsv", ".txt", ".jsonl", ".ndjson", ".json")
"""What files of contacts end in; every other name is that of a test."""
MOST = 500
"""Contacts of a file that one session takes."""
SHOWN = 20
"""Refusals, and things that happened, that are shown one by one."""


_VALUES = re.compile(r'"[^"]*"|[0-9]+')


class Load(Word):
    """Replays a test of the workspace in place of the session, or takes the contacts of a file.

    The files are read anew for a test; one that fails is replayed up to the line where it does, so
    that `why` can be asked there. Contacts of a file (CSV, JSON Lines) stand there, or come where
    time has begun; its path begins at the folder you are in, else at the workspace.
    """

    names = (("en", "load"), ("de", "laden"))
    usage = (
        tr('load "who comes gets the offer"'),
        tr("load contacts.csv"),
    )
    topic = "files"

    def do(self, session: Session, rest: str) -> Told:
        name = named(rest)
        if not name:
            raise Wrong(
                tr("what is to be loaded?"), tr("the name of a test, or a file of contacts")
            )
        if Path(name).suffix.lower() in FILES:
            return _contacts(session, Path(name))
        loaded = session.sources.load()
        for parsed in loaded.workspace.files:
            for item in parsed.tree.items:
                if isinstance(item, Test) and item.name.value == name:
                    return _test(session, loaded, item, parsed.language)
        known = [script.name for script in loaded.workspace.tests]
        hint = did_you_mean(name, known, tr("test"))
        if Path(name).suffix or "/" in name:
            takes = ", ".join(FILES)
            hint = tr(
                "`load` takes the name of a test, or a file of contacts ({takes})", takes=takes
            )
        raise Wrong(tr('there is no test "{name}"', name=name), hint)

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return (quoted(script.name) for script in session.loaded.workspace.tests)

    def paths(self, session: Session, begun: str) -> Iterable[str]:
        return () if begun.startswith('"') else session.sources.paths(begun, FILES)


def _test(session: Session, loaded: Loaded, item: Test, language: str) -> Told:
    body = item.span.text.partition("\n")[2].rstrip()
    lines = translated(body, language, session.tongue.words.code)
    wrong = session.replay(lines, loaded)
    told = saying.happened(session, 0)
    if wrong is None:
        return [*told, row("  ", tr('the test "{name}" has passed', name=item.name.value))]
    return [*told, *saying.stopped(session, lines, wrong)]


def _contacts(session: Session, path: Path) -> Told:
    found = session.sources.contacts(path, session.program)
    told = [row("  ", line, hang=4) for line in _summary(found)]
    if len(found.rows) > MOST:
        raise Wrong(
            tr(
                "{path} has {count:,} contacts, a session takes {most}",
                path=path,
                count=len(found.rows),
                most=MOST,
            ),
            tr("`flow simulate` runs many"),
        )
    if not found.rows:
        return told
    before, lines, notes = len(session.stage.decisions), [], []
    for one in found.rows:
        made = given(one, session.program.config.timezone, session.program.names.groups)
        notes += made.notes
        lines += _lines(session, one.key(), made.text)
    session.perform(lines)
    told += [row("  ", line, hang=4) for line in _grouped(notes)]
    happened = saying.happened(session, before)
    if len(happened) > SHOWN:
        came = tr(
            "{count:,} contacts came; `history` shows what happened to one", count=len(found.rows)
        )
        happened = [row("  ", came)]
    who = row("  ", tr("from here on: {name}", name=session.whom))
    return [*told, *happened, who]


def _summary(found: ContactRows) -> Iterator[str]:
    """How much of a file was taken; then what was refused, and then what is told besides."""
    yield found.headline
    refused = [one for one in found.problems if one.severity == "error"]
    told = [one for one in found.problems if one.severity != "error"]
    yield from (one.render(found.name) for one in refused[:SHOWN])
    if len(refused) > SHOWN:
        yield tr("... and {count:,} more were refused", count=len(refused) - SHOWN)
    yield from _grouped([(_about(one), one.render(found.name)) for one in told])


def _about(problem: Problem) -> str:
    """What a problem has in common with others of its kind."""
    return f"{problem.column_name}: {_VALUES.sub('…', problem.message)}"


def _grouped(notes: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Notes as (kind, text): a line for each kind, with how many there are."""
    kinds: dict[str, list[str]] = {}
    for kind, text in notes:
        kinds.setdefault(kind, []).append(text)
    for texts in kinds.values():
        more = len(texts) - 1
        yield (
            tr("{text}; and {count:,} more like it", text=texts[0], count=more)
            if more
            else texts[0]
        )


def _lines(session: Session, name: str, below: str) -> list[Line]:
    """The line that gives a contact, or lets it come where time has begun."""
    text = f"given contact {quoted(name)}\n{below}".rstrip()
    line = translated(text, "en", session.tongue.words.code)[0]
    if not session.stage.begun:
        return [line]
    head = session.at(f"{session.tongue.word('_CONTACT')} {quoted(name)}")
    return session.read("\n".join([head, *line.text.split("\n")[1:]]))


WORD = Load()
