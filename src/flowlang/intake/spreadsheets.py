"""A text as a cell that no spreadsheet takes for a formula, and back, without loss.

A cell that begins with `=`, `+`, `-`, `@`, a tab or CR is a formula to spreadsheet programs, also
where blanks or quotes stand before it (OWASP, CSV injection).  An apostrophe in front is their own
mark for what is text.  Blanks around a text, which reading drops, are kept by apostrophes on both
sides.
"""

from __future__ import annotations

import re

MARK = "'"

_FORMULA = re.compile("[\\s'\"\ufeff\u200b-\u200f\x00-\x1f\x7f]*[=+\\-@＝＋－＠\t\r]")
"""What begins a formula, behind what a program may pass over."""


def guarded(text: str) -> str:
    """The cell that says a text."""
    cell = f"{MARK}{text}{MARK}" if _needs_both(text) else text
    return MARK + cell if _FORMULA.match(cell) else cell


def unguarded(cell: str) -> str:
    """The text that a cell says: `guarded` undone, and outer blanks dropped where none was marked.

    An apostrophe that marks nothing is a part of the text: `'t Hooft` stays what it is.
    """
    text = cell.strip()
    if not text.startswith(MARK):
        return text
    if _FORMULA.match(text, 1):
        text = text[1:]
    if len(text) > 1 and text[0] == text[-1] == MARK and _needs_both(text[1:-1]):
        return text[1:-1]
    return text


def _needs_both(text: str) -> bool:
    """Whether a text has outer blanks, or looks like one that is marked for them."""
    while len(text) > 1 and text[0] == text[-1] == MARK:
        text = text[1:-1]
    return text != text.strip()
