"""What the comments of a workspace allow to change, and what of it allows a change.

They hold where those hold that allow what a rule finds (`rules/comments.py`): behind a statement
for that line, above one for all that stands in it, at the head of the file for the whole file.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flowlang.changes import Change
from flowlang.discovery import SETTINGS
from flowlang.rules import change_allowances
from flowlang.rules.change_allowances import ChangeAllowance
from flowlang.rules.comments import comments, scope
from flowlang.source import Findings, Source
from flowlang.syntax import keywords
from flowlang.syntax.parser import Parsed, parse
from flowlang.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Leave:
    """One comment that allows changes, and where it holds."""

    allowed: ChangeAllowance
    start: int
    end: int

    @property
    def source(self) -> Source:
        return self.allowed.span.source

    @property
    def line(self) -> int:
        return self.allowed.span.line

    @property
    def until(self) -> date:
        """The last day on which it holds."""
        return self.allowed.until

    @property
    def because(self) -> str:
        return self.allowed.because

    def holds_for(self, change: Change, file: str) -> bool:
        """Whether it speaks of a change; `file` is its own, as changes call it."""
        kinds, names = self.allowed.kinds, self.allowed.names
        if kinds and change.effect not in kinds:
            return False
        if names and not any(f'"{name}"' in change.what for name in names):
            return False
        if change.place is None:
            # Nothing of it is left in the text: only its file can speak of it.
            whole = self.start == 0 and self.end > len(self.source.text)
            return change.file == file and (whole or bool(names))
        if change.place.source is not self.source:
            return False
        return bool(names) or any(
            self.start <= span.start < self.end
            for span in (change.place, change.home)
            if span is not None
        )


@dataclass(frozen=True, slots=True)
class Flaw:
    """A comment that would allow a change and cannot be read."""

    file: str
    line: int
    text: str


def leaves(found: Workspace) -> tuple[list[tuple[str, Leave]], list[Flaw]]:
    """What the files of a workspace allow, each with its file's name; and what cannot be read."""
    known: list[tuple[str, Leave]] = []
    flaws: list[Flaw] = []
    for name, parsed in _texts(found):
        for one in _read(parsed):
            if isinstance(one, Leave):
                known.append((name, one))
            else:
                flaws.append(Flaw(name, *one))
    return known, flaws


def _texts(found: Workspace) -> Iterator[tuple[str, Parsed]]:
    """The files of a workspace by name; of flow.toml its comments."""
    root = found.root.resolve()
    for parsed in found.files:
        path = parsed.source.path
        yield (path.resolve().relative_to(root).as_posix() if path else ""), parsed
    settings = root / SETTINGS
    if settings.is_file():
        lines = settings.read_text(encoding="utf-8-sig").splitlines()
        text = "\n".join(line if line.lstrip().startswith("#") else "" for line in lines)
        yield SETTINGS, parse(Source(SETTINGS, text), Findings(), found.settings.language)


def _read(parsed: Parsed) -> Iterator[Leave | tuple[int, str]]:
    words = keywords.load(parsed.language)
    for comment in comments(parsed):
        if not comment.allows or not comment.change:
            continue
        try:
            allowed = change_allowances.read(comment, words)
        except change_allowances.Unreadable as wrong:
            yield comment.span.line, wrong.args[0]
        else:
            yield Leave(allowed, *scope(parsed, comment.span.start))


def granted(
    change: Change, known: Iterable[tuple[str, Leave]], today: date
) -> tuple[Leave | None, Leave | None]:
    """The comment that allows a change, and one that did so until a day that is over."""
    fitting = [leave for file, leave in known if leave.holds_for(change, file)]
    now = next((one for one in fitting if one.until >= today), None)
    return now, next((one for one in fitting if one.until < today), None)
