"""`undo`"""

from __future__ import annotations

from flowlang.repl.script import Wrong
from flowlang.repl.session import Session, State
from flowlang.repl.telling import Teller
from flowlang.repl.told import Row, Told, row, rows
from flowlang.repl.word import Word

MOST = 1000


class Undo(Word):
    """Takes back the last thing that changed anything, time included; `undo 3` the last three."""

    names = (("en", "undo"), ("de", "rückgängig"), ("de", "rueckgaengig"))
    usage = ("undo", "undo 3")
    topic = "other ways"

    def do(self, session: Session, rest: str) -> Told:
        told: Told = []
        for _ in range(times(rest)):
            if told and not session.past:
                break
            left = session.undo()
            told += difference(session, "undone", left, session.state)
        return [*told, stands(session)]


def times(rest: str) -> int:
    """How often.  Raises Wrong for what is no number."""
    if not rest:
        return 1
    if not (rest.isascii() and rest.isdigit()) or not 1 <= int(rest[:9]) <= MOST:
        raise Wrong(f"how often? a number from 1 to {MOST:,} is asked for, not `{rest}`")
    return int(rest)


_DONE = {"undone": {"de": "rückgängig"}, "again": {"de": "wieder"}}
"""What was done, in the language of the lines that it stands before."""


def difference(session: Session, verb: str, longer: State, shorter: State) -> Told:
    """The lines that one state has and the other has not, where they differ at one place."""
    ours, theirs = longer.lines, shorter.lines
    same = next(
        (at for at, both in enumerate(zip(ours, theirs)) if both[0] != both[1]), len(theirs)
    )  # noqa: B905 - as far as both go
    said = _DONE[verb].get(session.tongue.words.code, verb)
    if len(theirs) > same + 1 or (len(theirs) > same and len(ours) != len(theirs)):
        return [row(f"  {said}: what was tried or loaded")]
    return [
        one for line in ours[same:] for one in rows(f"{said}: {line.text}", indent=2, style="dim")
    ]


def stands(session: Session) -> Row:
    """Where the session is now."""
    who = f"{session.whom}, " if session.whom else ""
    return row(("dim", f"  {who}{Teller(session.program).clock(session.now)}"))


WORD = Undo()
