"""Talk with people: data goes to stdout, talk to stderr, colour and progress to terminals only."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from flowlang import speech
from flowlang.speech import Text, in_language, tr

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

SHOWN = 20
"""So many of many lines are shown before the others are only counted."""
Advance = Callable[[int], None]
"""Says how much of the work is done by now."""


class _Spoken:
    """How the person at the terminal is spoken to."""

    language: str | None = None
    zone: ZoneInfo | None = None
    """Each line carries its time, in this zone; None where it carries none."""


def speak(language: str) -> None:
    """Talk in a language from here on: that of the workspace, as soon as it is known."""
    _Spoken.language = language


def spoken() -> str:
    """The language to talk in; as long as no workspace is known, that of the current folder."""
    if _Spoken.language is None:
        from flowlang.cli import paths

        _Spoken.language = paths.language(Path())
    return _Spoken.language


def prepare() -> None:
    """Let no character break the output: what a terminal cannot show is shown as `?`."""
    _Spoken.language = _Spoken.zone = None
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
            stream.reconfigure(errors="replace")


def _open_what_is_closed() -> None:
    """Have all three streams where the program was started without some of them, as with `>&-`:
    their numbers are not to become those of a store.  Nothing can be read, data fails to be
    written, talk is lost.
    """
    for name, ways, mode in (
        ("stdin", os.O_RDONLY, "r"), ("stdout", os.O_RDONLY, "w"), ("stderr", os.O_WRONLY, "w"),
    ):  # fmt: skip
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, ways), mode, encoding="utf-8"))


def end() -> None:
    """The interpreter flushes once more when it ends: what cannot be written must not fail then."""
    for stream, number in ((sys.stdout, 1), (sys.stderr, 2)):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), number)


def timed(zone: ZoneInfo) -> None:
    """From here on each line that is talked carries its time, as a log has it: who runs for long
    is read later.  The zone is that of the moments in the lines.
    """
    _Spoken.zone = zone


def is_timed() -> bool:
    """Whether each line carries its time."""
    return _Spoken.zone is not None


def talk(text: str) -> None:
    """A line for the person at the terminal; it is no part of the data.

    What was written before it comes out before it, where both go to one place.  A log that cannot
    be written, on a full disk, ends no program; one whose reader has left does.
    """
    lines = told(text)
    if _Spoken.zone is not None:
        now = datetime.now(_Spoken.zone).isoformat(timespec="seconds")
        lines = "\n".join(f"{now} {line}" for line in lines.split("\n"))
    _written(sys.stdout.flush)
    _written(lambda: print(lines, file=sys.stderr))  # noqa: T201 - this is the one place that talks


def _written(write: Callable[[], None]) -> None:
    try:
        write()
    except BrokenPipeError:
        raise
    except OSError:  # of data it is told where it is written
        pass


def talk_first(lines: Sequence[str], *, all_at: str = "") -> None:
    """Lines for the person at the terminal: of many the first ones, how many more there are, and
    the option that lists all.
    """
    for line in lines[:SHOWN]:
        talk(printable(line))
    if len(lines) > SHOWN:
        more = tr("... and {count:,} more", count=len(lines) - SHOWN)
        talk(tr("{more} (`{option}` lists all)", more=more, option=all_at) if all_at else more)


def told(text: str) -> str:
    """A sentence in the language that is spoken."""
    return in_language(text, spoken()) if isinstance(text, Text) else text


def template(text: str) -> str:
    """A sentence of a docstring in the language that is spoken."""
    return speech.template(text, spoken())


def write(text: str) -> None:
    """Data, as it is to be read by the next program; it ends with a newline of its own."""
    sys.stdout.write(told(text))


def colored(stream: TextIO | None = None) -> bool:
    """Whether what goes to a stream (stdout) may have colour.

    Only on a terminal; NO_COLOR and TERM=dumb forbid it there, FORCE_COLOR asks for it anywhere.
    """
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    if os.environ.get("TERM") == "dumb":
        return False
    return (stream or sys.stdout).isatty()


def printable(text: str) -> str:
    """Outside text as part of a line: nothing in it ends the line or steers the terminal."""
    text = told(text)
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def clock(at: datetime | str, zone: ZoneInfo) -> str:
    """A moment for a person, to the minute; as JSON has it, too."""
    from flowlang.kinds import in_words

    return in_words(datetime.fromisoformat(at) if isinstance(at, str) else at, zone)


@contextmanager
def progress(what: str, total: int) -> Iterator[Advance]:
    """A bar on stderr while work goes on, on a terminal only; elsewhere nothing is shown."""
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True, no_color=not colored(sys.stderr))
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
