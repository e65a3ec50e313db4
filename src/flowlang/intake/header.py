"""The header of a table of contacts: what each column holds, and whether that can be told."""

from __future__ import annotations

from typing import NamedTuple

from flowlang.intake.contact_row import ContactReader
from flowlang.intake.problem import shown
from flowlang.intake.table import MAX_COLUMNS, Row, both_are
from flowlang.source import guess
from flowlang.speech import some, tr


class Unusable(NamedTuple):
    """Why no row can be read by a header."""

    column: int | None
    """From 1; None where it is not about one."""
    message: str


def column_names(header: Row, reader: ContactReader) -> list[str | None]:
    """What each column holds: by its name, or, where none has that, by another word for it."""
    known = [reader.name_of(cell) for cell in header.cells]
    others = [reader.alias_of(cell) for cell in header.cells]
    return [
        other if name is None and other not in known else name
        for name, other in zip(known, others, strict=True)
    ]


def unusable(header: Row, reader: ContactReader) -> Unusable | None:
    """Why no row can be read; None where they can."""
    if len(header.cells) > MAX_COLUMNS:
        return Unusable(None, tr("the header has over {most:,} columns", most=MAX_COLUMNS))
    numbers: dict[str, int] = {}
    for number, name in enumerate(column_names(header, reader), start=1):
        if name is not None and numbers.setdefault(name, number) != number:
            return Unusable(number, both_are(name, numbers[name], number))
    return None if "id" in numbers or "email" in numbers else Unusable(None, _no_key(header))


def _no_key(header: Row) -> str:
    if any("@" in cell for cell in header.cells):
        return tr("the first line must name the columns, such as id,email; nothing was taken")
    near = [cell for cell in header.cells if guess(cell, ["id", "email"])]
    shown_first = some((f"`{shown(cell, 30)}`" for cell in near or header.cells), 8)
    hint = (
        tr("is {found} meant?", found=shown_first)
        if near
        else tr("found: {found}", found=shown_first)
    )
    return tr("no column is named `id` or `email` ({hint}); nothing was taken", hint=hint)
