"""Segments, groups and coupon lists."""

from __future__ import annotations

from pathlib import Path

from flowlang.check import diagnostics as d
from flowlang.check import literals
from flowlang.check.declarations.reader import Reader, reads
from flowlang.check.names import Coupons, Segment
from flowlang.speech import tr
from flowlang.syntax import declarations as tree
from flowlang.syntax.tree import Token


@reads(tree.Segment)
def segment(reader: Reader, item: tree.Segment) -> None:
    """A segment; its condition is checked when all names are known."""
    lines = list(item.lines or ())
    if len(lines) > 1:
        reader.findings.report(
            d.DUPLICATE_LINE, lines[1].span, what=tr("the condition of a segment"),
            hint=tr("join conditions with `and` or `or`"),
        )  # fmt: skip
    if reader.new(tr("segment"), item.name):
        reader.names.segments[item.name.value] = Segment(
            item.name.value, item.name.span, lines[0] if lines else None
        )


@reads(tree.Group)
def group(reader: Reader, item: tree.Group) -> None:
    """A group."""
    if reader.new(tr("group"), item.name):
        reader.names.groups[item.name.value] = item.name.span


@reads(tree.Coupons)
def coupons(reader: Reader, item: tree.Coupons) -> None:
    """A coupon list: its codes, and what is to be when they run out."""
    found = Coupons(item.name.value, item.name.span)
    seen: set[type] = set()
    for line in item.lines or ():
        reader.once(line, seen)
        match line:
            case tree.CodesFrom(path=token):
                found.path = _codes_file(reader, token)
            case tree.WhenEmpty(action=action, text=text):
                found.when_empty = action.kind.lower()  # type: ignore[assignment] # HALT, SKIP or SHOW
                found.text = text.value if text else ""
                found.decided = True
            case tree.WarnBelow(amount=amount):
                found.warn_below = reader.count(amount)
            case tree.ValidFor(duration=duration):
                found.valid_for = literals.duration(duration, reader.findings)
    if reader.new(tr("coupon list"), item.name):
        reader.names.coupons[found.name] = found


def _codes_file(reader: Reader, token: Token) -> Path | None:
    """The file of a list's codes; it may not leave the workspace."""
    path = reader.path(token)
    return path if path is not None and reader.may_read(path, token.span) else None
