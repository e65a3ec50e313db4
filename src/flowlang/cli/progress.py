"""Processes drawn: a table with bars on a terminal, plain columns elsewhere, and bars that move.

rich is loaded only where something is drawn.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO
from zoneinfo import ZoneInfo

from flowlang.cli.terminal import clock, colored, printable, spoken, told
from flowlang.engine import retelling
from flowlang.engine.processes import SENDS, Identity
from flowlang.speech import Text, joined, tr, tr_n

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from flowlang.engine.overview import View
    from flowlang.stores.store import Store

LOOK = 0.5
"""Seconds between two looks at the store."""
_WIDTH = 20
_HEADS = ("", tr("type"), tr("name"), tr("of"), tr("status"), tr("done"), "")
_COLORS = {"halted": "red", "failed": "red", "paused": "yellow", "running": "green"}

Look = Callable[[], None]
"""Looks at the store and draws what it finds."""


def draws(stream: TextIO) -> bool:
    """Whether a stream goes to a terminal on which something can be drawn."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def table(views: Sequence[View], zone: ZoneInfo) -> None:
    """Processes on stdout, one a line: sends first, campaigns last."""
    views = sorted(views, key=_place)
    if draws(sys.stdout):
        _drawn(views, zone)
        return
    rows = [tuple(map(told, _HEADS)), *(_cells(view, zone) for view in views)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS) - 1)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)]
        sys.stdout.write("  ".join(cells).rstrip() + "\n")


def _place(view: View) -> int:
    kind = view.process.identity.type
    return 0 if kind in SENDS else 2 if kind == "campaign" else 1


def _cells(view: View, zone: ZoneInfo) -> tuple[str, ...]:
    process = view.process
    kind, name, by, _ = process.identity
    return (
        str(process.number or ""), told(retelling.kind(kind)), printable(name), printable(by),
        told(retelling.kind(process.status)), told(done(view)), printable(note(view, zone)),
    )  # fmt: skip


def done(view: View) -> Text:
    """How many are done, of how many."""
    return tr("{done:,} of {of:,}", done=view.process.done, of=view.of)


def note(view: View, zone: ZoneInfo) -> Text:
    """What else there is to say of a process, in a line."""
    process = view.process
    skipped = sum(process.skipped.values())
    counts = [
        tr("{count:,} skipped", count=skipped) if skipped else "",
        tr("{count:,} failed", count=process.failed) if process.failed else "",
        tr("{count:,} unknown", count=view.unknown) if view.unknown else "",
        tr("{count:,} held", count=view.held) if view.held else "",
        tr_n("{count:,} waits", "{count:,} wait", view.halted) if view.halted else "",
    ]
    said = joined(filter(None, (joined(filter(None, counts)), why(view, zone))), ": ")
    return joined(filter(None, (said, asked(view))), "; ")


def asked(view: View) -> str:
    """What a person has asked for and the engine has yet to do."""
    return tr("{verb} asked for", verb=VERBS[view.asked]) if view.asked else ""


VERBS = {"pause": tr("pause"), "resume": tr("resume"), "cancel": tr("cancel")}
"""What a person does, as it is said."""


def why(view: View, zone: ZoneInfo) -> Text:
    """Since when a process stands, by whom, and why; empty where nothing is to be said."""
    process = view.process
    who = tr("by {who}", who=process.who) if process.who else ""
    stands = process.status in ("paused", "cancelled")
    since = clock(process.since, zone) if stands and process.since else ""
    said = joined(filter(None, (since, who)), " ")
    because = retelling.process(process.because, spoken())
    return joined(filter(None, (said, because)), ": ")


def _drawn(views: Sequence[View], zone: ZoneInfo) -> None:
    from rich.console import Console
    from rich.progress_bar import ProgressBar
    from rich.table import Table
    from rich.text import Text as Shown

    heads = list(map(told, _HEADS))
    grid = Table(*heads[:-1], "", heads[-1], box=None, pad_edge=False)
    for view in views:
        number, kind, name, by, status, count, text = _cells(view, zone)
        bar = ProgressBar(total=max(view.of, 1), completed=view.process.past, width=_WIDTH)
        grid.add_row(
            number, kind, Shown(name), Shown(by),
            Shown(status, _COLORS.get(view.process.status, "")), count, bar, Shown(text),
        )  # fmt: skip
    Console(no_color=not colored(sys.stdout)).print(grid)


@contextmanager
def bars(store: Store, only: Identity | None = None) -> Iterator[Look]:
    """Bars on stderr that move: of the processes under way, or of one.

    Gives what looks again, as often as it likes.  Where stderr is no terminal nothing is shown.
    """
    if not draws(sys.stderr):
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True, no_color=not colored(sys.stderr))
    # What a process is called comes from files: no markup is read in it.
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[status]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Moving(store, progress, only).look


class _Moving:
    """The bars of processes."""

    def __init__(self, store: Store, progress: Progress, only: Identity | None) -> None:
        self._store = store
        self._progress = progress
        self._only = only
        self._tasks: dict[int, TaskID] = {}
        self._next = 0.0

    def look(self) -> None:
        """Draw how the processes stand, at most every half second."""
        from flowlang.engine.overview import views

        if time.monotonic() < self._next:
            return
        shown = [view for view in views(self._store) if self._shows(view)]
        for gone in self._tasks.keys() - {view.process.number for view in shown}:
            self._progress.remove_task(self._tasks.pop(gone))
        for view in shown:
            process = view.process
            task = self._tasks.get(process.number)
            if task is None:
                kind = told(retelling.kind(process.identity.type))
                what = printable(f'{process.number} {kind} "{process.name}"')
                task = self._tasks[process.number] = self._progress.add_task(what, status="")
            self._progress.update(
                task, total=view.of, completed=process.past,
                status=told(retelling.kind(process.status)),
            )  # fmt: skip
        self._next = time.monotonic() + LOOK

    def _shows(self, view: View) -> bool:
        if self._only is not None:
            return view.process.identity == self._only
        return view.waiting > 0 and view.process.identity.type != "campaign"
