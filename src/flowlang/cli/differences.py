"""TWO TEXTS → DIFFERENCES: what a verb would change, as `patch` reads it."""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.cli import terminal

_STYLES = {"+": "32", "-": "31", "@": "36"}


def unified(name: str, old: str, new: str, what: str) -> str:
    """The differences of a file, in colour on a terminal; `what` was done to the new text."""
    return "".join(_lines(name, old, new, what))


def _lines(name: str, old: str, new: str, what: str) -> Iterator[str]:
    from difflib import unified_diff

    lines = unified_diff(
        old.splitlines(keepends=True),
        new.splitlines(keepends=True),
        name,
        f"{name} ({terminal.told(what)})",
    )
    color = terminal.colored()
    for line in lines:
        ended = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        style = _STYLES.get(line[0]) if color else None
        yield f"\x1b[{style}m{ended.rstrip(chr(10))}\x1b[0m\n" if style else ended
