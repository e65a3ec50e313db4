"""`advance 2 days`, `advance to 2026-12-01 09:00`"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta

from flowlang.calendar import local
from flowlang.check import literals
from flowlang.days import next_time
from flowlang.repl import saying
from flowlang.repl.script import Line, Wrong
from flowlang.repl.session import Session
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.source import Findings
from flowlang.speech import tr
from flowlang.syntax import scripts
from flowlang.syntax.expressions import Duration

_TO = re.compile(r"(?:to|until|bis)(?:\s+|$)", re.IGNORECASE)
MOST_DUE = 10
"""Moments that are offered."""
_WALL = re.compile(r"(\d{1,2}):(\d{2})")


class Advance(Word):
    """Lets time pass, and tells what happened on the way."""

    names = (("en", "advance"), ("de", "weiter"))
    usage = ("advance 2 days", "advance to 2026-12-01 09:00", "advance to 18:00")
    topic = "time"

    def do(self, session: Session, rest: str) -> Told:
        if not rest:
            raise Wrong(
                tr("how far?"), tr("write `advance 2 days` or `advance to 2026-12-01 09:00`")
            )
        tongue, before = session.tongue, len(session.stage.decisions)
        to = _TO.match(rest)
        lines = []
        if to is None:
            if not session.stage.begun:
                lines += session.read(session.at())
            lines += session.read(f"{tongue.word('_AFTER')} {rest}")
        else:
            moment = rest[to.end() :].strip()
            if not moment:
                raise Wrong(tr("to which moment?"), tr("write `advance to 2026-12-01 09:00`"))
            lines += _to(session, _moment(session, moment))
        session.perform(lines)
        return saying.happened(session, before) or nothing(session)

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        words = session.tongue.words
        if _TO.fullmatch(rest):
            yield from _due(session)
        elif not rest.strip():
            yield "bis" if words.code == "de" else "to"
        elif rest.split(maxsplit=1)[0].isdigit():
            yield from (forms[-1] for (name, _), forms in words.spelling.items() if name == "UNIT")


def _to(session: Session, moment: str) -> list[Line]:
    """The lines that let time pass until a moment; it begins where the clock begins."""
    lines = session.read(session.tongue.to(moment))
    node = lines[0].node if lines else None
    if session.stage.begun or not isinstance(node, scripts.Moving):
        return lines
    at = (
        None
        if isinstance(node.to, Duration)
        else literals.moment(node.to, Findings(), session.tongue.zone)
    )
    return [*session.read(session.at()), *lines] if at is None or at > session.now else lines


def _moment(session: Session, text: str) -> str:
    """A moment as it was typed; a time alone is the next one."""
    wall = _WALL.fullmatch(text.strip())
    if wall is None or int(wall[1]) > 23 or int(wall[2]) > 59:
        return text
    zone = session.program.config.timezone
    at = next_time(session.now, time(int(wall[1]), int(wall[2])), zone)
    return session.tongue.clock(at)


def _due(session: Session) -> list[str]:
    """The moments at which something falls due for someone, and the next day."""
    everyone = session.stage.play.timeline.contacts.values()
    moments = {run.due for one in everyone for run in one.runs.values() if run.under_way}
    ahead = sorted(one for one in moments if one is not None and one > session.now)
    day = local(session.now, session.tongue.zone).date()
    following = [(day + timedelta(days=1)).isoformat()] if day < date.max else []
    return [*(session.tongue.clock(one) for one in ahead[:MOST_DUE]), *following]


def nothing(session: Session) -> Told:
    """Time has passed and nothing has happened."""
    shown = local(session.now, session.program.config.timezone)
    clock = Teller(session.program).clock(session.now)
    return [row(("dim", f"  nothing happened; it is {clock}, {shown:%A}".lower()))]


WORD = Advance()
