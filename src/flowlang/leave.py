"""Comments that allow a change: `# flow: allow change until 2026-12-31 because the law changed`.

They hold where those hold that allow what a rule finds: behind a statement for that line, above one
for all that stands in it, at the head of the file for the whole file.  Behind `change` may stand
which kind is meant (`in flight`, `policy`) and, in quotes, the names of what has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from flowlang.changes import Change
from flowlang.discovery import SETTINGS
from flowlang.rules.allowances import CHANGE, comments, scope
from flowlang.source import Findings, Source
from flowlang.speech import tr
from flowlang.syntax.parser import Parsed, parse
from flowlang.workspace import Workspace

_VERBS = ("allow", "erlaube")
_REST = re.compile(
    r"(?P<what>.*?)[ \t]+(?:until|bis)[ \t]+(?P<until>\S+)[ \t]+(?:because|weil)(?!\w)[ \t:]*"
    r"(?P<why>.*)",
    re.IGNORECASE,
)
_NAMES = re.compile(r'"([^"]*)"')
_KINDS = ("in flight", "policy")
FORM = "# flow: allow change until 2026-12-31 because …"


@dataclass(frozen=True, slots=True)
class Leave:
    """One comment that allows changes."""

    source: Source
    line: int
    until: date
    """The last day on which it holds."""
    because: str
    kinds: tuple[str, ...]
    """Which effects it allows; empty for all."""
    names: tuple[str, ...]
    """Of what; empty for all that stands there."""
    start: int
    end: int

    def holds_for(self, change: Change, file: str) -> bool:
        """Whether it speaks of a change; `file` is its own, as changes call it."""
        if self.kinds and change.effect not in self.kinds:
            return False
        if self.names and not any(f'"{name}"' in change.what for name in self.names):
            return False
        if change.place is None:
            # Nothing of it is left in the text: only its file can speak of it.
            whole = self.start == 0 and self.end > len(self.source.text)
            return change.file == file and (whole or bool(self.names))
        if change.place.source is not self.source:
            return False
        return bool(self.names) or any(
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
    for match, verb in comments(parsed):
        said = CHANGE.match(match["rest"]) if verb in _VERBS else None
        if said is None:
            continue
        line = parsed.source.position(match.start())[0]
        found = _REST.fullmatch(match["rest"].strip()[len(said[0].strip()) :].rstrip())
        if found is None or not found["why"].strip():
            yield line, tr("this allows no change: write `{form}`", form=FORM)
            continue
        try:
            until = date.fromisoformat(found["until"])
        except ValueError:
            yield line, tr('"{text}" is no date such as 2026-12-31', text=found["until"])
            continue
        kinds = tuple(kind for kind in _KINDS if kind in found["what"].lower())
        names = tuple(_NAMES.findall(found["what"]))
        rest = _NAMES.sub("", found["what"].lower())
        for kind in _KINDS:
            rest = rest.replace(kind, "")
        if rest.strip(" \t,"):
            yield (
                line,
                tr(
                    "`{text}`: expected `in flight`, `policy`, or names in quotes",
                    text=rest.strip(),
                ),
            )
            continue
        start, end = scope(parsed, match.start())
        yield Leave(parsed.source, line, until, found["why"].strip(), kinds, names, start, end)


def granted(
    change: Change, known: Iterable[tuple[str, Leave]], today: date
) -> tuple[Leave | None, Leave | None]:
    """The comment that allows a change, and one that did so until a day that is over."""
    fitting = [leave for file, leave in known if leave.holds_for(change, file)]
    now = next((one for one in fitting if one.until >= today), None)
    return now, next((one for one in fitting if one.until < today), None)
