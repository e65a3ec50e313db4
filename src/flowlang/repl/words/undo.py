"""`undo`"""

from __future__ import annotations

from flowlang.repl.script import Line, Wrong
from flowlang.repl.session import Session, State
from flowlang.repl.told import Row, Told, row
from flowlang.repl.word import Word
from flowlang.speech import tr

MOST = 1000
SHOWN = 10
"""Lines that are shown of what was undone."""


class Undo(Word):
    """Takes back the last thing that changed anything, time included; `undo 3` the last three."""

    names = (("en", "undo"), ("de", "rückgängig"), ("de", "rueckgaengig"))
    usage = (
        "undo",
        tr("undo 3"),
    )
    topic = "other ways"

    def do(self, session: Session, rest: str) -> Told:
        told: Told = []
        for _ in range(times(rest)):
            if told and not session.past:
                break
            left = session.undo()
            told += difference(UNDONE, left, session.state)
        return [*told, stands(session)]


def times(rest: str) -> int:
    """How often.  Raises Wrong for what is no number."""
    if not rest:
        return 1
    if not (rest.isascii() and rest.isdigit()) or not 1 <= int(rest[:9]) <= MOST:
        raise Wrong(
            tr(
                "how often? a number from 1 to {most:,} is asked for, not `{text}`",
                most=MOST,
                text=rest,
            )
        )
    return int(rest)


UNDONE, AGAIN = tr("undone"), tr("again")


def difference(done: str, longer: State, shorter: State) -> Told:
    """The lines that one state has and the other has not, each behind what was `done` to it."""
    lines = _apart(longer.lines, shorter.lines)
    if lines is None:
        ahead = shorter.lines[: len(longer.lines)] == longer.lines
        what = tr("what the files had cut off") if ahead else tr("what was tried or loaded")
        return [row("  ", done, ": ", what)]
    told = [row("  ", done, ": ", ("dim", line.text), hang=10) for line in lines[:SHOWN]]
    left = len(lines) - len(told)
    return [*told, row("  ", done, ": ", tr("{count:,} more", count=left))] if left else told


def _apart(longer: tuple[Line, ...], shorter: tuple[Line, ...]) -> tuple[Line, ...] | None:
    """The lines behind others, or the one that was changed among as many; None for all else."""
    if longer[: len(shorter)] == shorter:
        return longer[len(shorter) :]
    if len(longer) == len(shorter):
        changed = [one for one, other in zip(longer, shorter, strict=True) if one != other]
        return tuple(changed) if len(changed) == 1 else None
    return None


def stands(session: Session) -> Row:
    """Where the session is now."""
    who = f"{session.whom}, " if session.whom else ""
    return row(("dim", f"  {who}{session.teller().clock(session.now)}"))


WORD = Undo()
