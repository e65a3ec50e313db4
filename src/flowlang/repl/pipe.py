"""A session whose lines come from a file or a pipe: answers only, nothing is echoed."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flowlang.repl.entry import entries
from flowlang.repl.saying import enter
from flowlang.repl.script import Wrong
from flowlang.repl.session import Session
from flowlang.repl.told import Told


def play(
    session: Session,
    lines: Iterable[str],
    tell: Callable[[Told], None],
    refuse: Callable[[int, Wrong], None],
) -> int:
    """Enter all lines; gives how many entries were refused.  The others happen all the same."""
    refused = 0
    for number, entry in entries(session, lines):
        try:
            tell(enter(session, entry))
        except Wrong as wrong:
            refused += 1
            refuse(number, wrong)
        if session.over:
            break
    return refused
