"""`advance 2 days`, `advance to 2026-12-01 09:00`"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from functools import cache

from flowlang.calendar import WEEKDAYS, local
from flowlang.check import literals
from flowlang.days import next_time
from flowlang.repl import saying
from flowlang.repl.script import Line, Wrong
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row
from flowlang.repl.word import Word
from flowlang.source import Findings
from flowlang.speech import tr
from flowlang.syntax import keywords, scripts
from flowlang.syntax.expressions import Duration

MOST_DUE = 10
"""Moments that are offered."""
_WALL = re.compile(r"(\d{1,2}):(\d{2})")


class Advance(Word):
    """Lets time pass, and tells what happened on the way."""

    names = (("en", "advance"), ("de", "weiter"))
    usage = (
        tr("advance 2 days"),
        tr("advance to 2026-12-01 09:00"),
        tr("advance to 18:00"),
    )
    topic = "the clock"

    def do(self, session: Session, rest: str) -> Told:
        if not rest:
            raise Wrong(
                tr("how far?"), tr("write `advance 2 days` or `advance to 2026-12-01 09:00`")
            )
        tongue, before = session.tongue, len(session.stage.decisions)
        to = _before_a_moment().match(rest)
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
        if _before_a_moment().fullmatch(rest):
            yield from _due(session)
        elif not rest.strip():
            yield words.word("_RANGE_TO")
        elif rest.split(maxsplit=1)[0].isdigit():
            yield from (forms[-1] for (name, _), forms in words.spelling.items() if name == "UNIT")


@cache
def _before_a_moment() -> re.Pattern[str]:
    """Matches the words of all languages for `to` and `until`."""
    words = "|".join(keywords.of_all_languages("_RANGE_TO", "_UNTIL"))
    return re.compile(rf"(?:{words})(?:\s+|$)", re.IGNORECASE)


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
    weekday = WEEKDAYS[local(session.now, session.program.config.timezone).weekday()]
    clock = session.teller().clock(session.now)
    told = tr("nothing happened; it is {moment}, {weekday}", moment=clock, weekday=weekday)
    return [row("  ", ("dim", told))]


WORD = Advance()
