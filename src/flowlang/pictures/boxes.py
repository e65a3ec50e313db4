"""NODE → BOX: what a node of a graph says, wrapped; its outline, its icon, the room it needs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flowlang.pictures import letters, svg
from flowlang.pictures.layout import Point, Size
from flowlang.program.graph import Node

LABEL, DETAIL = 13, 12
"""Sizes of the letters of a statement, and of what stands below it."""
_LINE, _SMALL_LINE = 17.0, 16.0
_PAD_X, _PAD_Y = 14.0, 10.0
_ICON, _BESIDE_ICON = 16.0, 10.0
_MOST = 232.0
"""How wide a text may be."""
_LONGEST = 200
"""Letters of a statement that are shown."""
_STEP = 24
"""Widths are multiples of it, so that boxes below each other are more often of one width."""
_PLACEHOLDER = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NAME = re.compile(r"[^\W\d][\w.]*")
_CALLED = re.compile(r"\w+\(\s*['\"](.*?)['\"]")


@dataclass(frozen=True, slots=True)
class _Look:
    """How boxes of one shape are drawn."""

    outline: Callable[[Size], str]
    """Its path around the middle of a box."""
    icon: str = ""
    """A path in a square of 16; empty for shapes without one."""
    inset: float = 0.0
    """Room at each side that the outline takes from the text."""


def _rectangle(corner: float) -> Callable[[Size], str]:
    def outline(size: Size) -> str:
        x, y = size.width / 2, size.height / 2
        r = min(corner, y)
        n = svg.number
        arc = f"a{n(r)} {n(r)} 0 0 1 "
        return (
            f"M{n(r - x)} {n(-y)}H{n(x - r)}{arc}{n(r)} {n(r)}V{n(y - r)}{arc}{n(-r)} {n(r)}"
            f"H{n(r - x)}{arc}{n(-r)} {n(-r)}V{n(r - y)}{arc}{n(r)} {n(-r)}Z"
        )

    return outline


def _through(*corners: Point) -> str:
    first, *others = (f"{svg.number(x)} {svg.number(y)}" for x, y in corners)
    return f"M{first}{''.join(f'L{one}' for one in others)}Z"


def _hexagon(size: Size) -> str:
    x, y, cut = size.width / 2, size.height / 2, 16.0
    return _through((cut - x, -y), (x - cut, -y), (x, 0), (x - cut, y), (cut - x, y), (-x, 0))


def _octagon(size: Size) -> str:
    x, y, cut = size.width / 2, size.height / 2, 9.0
    return _through(
        (cut - x, -y), (x - cut, -y), (x, cut - y), (x, y - cut), (x - cut, y), (cut - x, y),
        (-x, y - cut), (-x, cut - y),
    )  # fmt: skip


def _banner(size: Size) -> str:
    x, y, cut = size.width / 2, size.height / 2, 14.0
    return _through((-x, -y), (x, -y), (x - cut, 0), (x, y), (-x, y), (cut - x, 0))


_ENVELOPE = "M1 3H15V13H1ZM1 3.5L8 9L15 3.5"
_CLOCK = "M8 1a7 7 0 1 1 0 14a7 7 0 1 1 0-14ZM8 4V8L11 10"
_FORK = "M8 1V6M8 6C8 10 3 9 3 14M8 6C8 10 13 9 13 14M1 12L3 15L5 12M11 12L13 15L15 12"
_ROUND = "M13.5 8a5.5 5.5 0 1 1-2-4.2M12 1V4.5H8.5"
_FLAG = "M3 15V1.5M3 2H13L10.5 5.5L13 9H3"
_SQUARE = "M4 4H12V12H4Z"
_PLAY = "M4 2.5L13 8L4 13.5Z"
_ASK = "M5 6a3 3 0 1 1 4.5 2.6C8.5 9.2 8 9.7 8 11M8 13.5V14"
_HALT = "M5.5 1.5H10.5L14.5 5.5V10.5L10.5 14.5H5.5L1.5 10.5V5.5ZM8 4.5V9M8 11V11.5"

_LOOKS: dict[str, _Look] = {
    "waiting": _Look(_rectangle(26), _ROUND, 4),
    "start": _Look(_rectangle(26), _PLAY, 4),
    "end": _Look(_rectangle(26), _SQUARE, 4),
    "step": _Look(_rectangle(4)),
    "send": _Look(_rectangle(4), _ENVELOPE),
    "wait": _Look(_rectangle(14), _CLOCK),
    "branch": _Look(_hexagon, _ASK, 10),
    "split": _Look(_hexagon, _FORK, 10),
    "race": _Look(_hexagon, _CLOCK, 10),
    "loop": _Look(_hexagon, _ROUND, 10),
    "goal": _Look(_banner, _FLAG, 12),
    "stop": _Look(_octagon, _SQUARE),
    "restart": _Look(_rectangle(26), _ROUND, 4),
}


def _look(node: Node) -> str:
    return node.kind if node.kind in ("waiting", "start", "end") else node.shape


@dataclass(frozen=True, slots=True)
class Box:
    """A node, ready to be drawn."""

    node: Node
    label: list[str]
    detail: list[str]
    halts: list[str]
    size: Size
    inner: float
    """The width of icon and text, which stand in the middle."""

    @classmethod
    def of(cls, node: Node, halts: str, most: float = _MOST) -> Box:
        """The box of a node; `halts` is what it says where a run may halt at it."""
        label = letters.wrapped(cut(readable(node.label)), most, LABEL)
        detail = letters.wrapped(cut(readable(node.detail)), most, DETAIL)
        halting = letters.wrapped(halts, most - _ICON, DETAIL) if node.halts else []
        look = _LOOKS[_look(node)]
        widths = [letters.width(line, LABEL) for line in label]
        widths += [letters.width(line, DETAIL) for line in detail]
        widths += [letters.width(line, DETAIL) + _ICON for line in halting]
        beside = _ICON + _BESIDE_ICON if look.icon else 0
        inner = max(widths, default=0) + beside
        width = inner + 2 * (_PAD_X + look.inset)
        height = len(label) * _LINE + (len(detail) + len(halting)) * _SMALL_LINE + 2 * _PAD_Y
        size = Size(-(-width // _STEP) * _STEP, height)
        return cls(node, label, detail, halting, size, inner)

    def drawn(self, x: float, y: float) -> str:
        """The box around a point."""
        name = _look(self.node)
        look = _LOOKS[name]
        place = f"translate({svg.number(x)} {svg.number(y)})"
        parts = [svg.element("path", d=look.outline(self.size), class_="outline")]
        left = -self.inner / 2
        if look.icon:
            parts.append(_icon(look.icon, left, -_ICON / 2))
            left += _ICON + _BESIDE_ICON
        parts += self._texts(left)
        unwalked = " unwalked" if self.node.walked is False else ""
        title = [svg.element("title", svg.said(self.node.label))]
        return svg.element("g", *title, *parts, class_=f"node {name}{unwalked}", transform=place)

    def _texts(self, left: float) -> list[str]:
        y = _PAD_Y - self.size.height / 2
        parts = []
        for line in self.label:
            parts.append(_text(left, y + 13, line, "label", LABEL))
            y += _LINE
        for line in self.detail:
            parts.append(_text(left, y + 12, line, "detail", DETAIL))
            y += _SMALL_LINE
        for number, line in enumerate(self.halts):
            if not number:
                parts.append(_icon(_HALT, left - 2, y + 1, "halts", 0.8))
            parts.append(_text(left + _ICON, y + 12, line, "halts", DETAIL))
            y += _SMALL_LINE
        return parts


def _text(x: float, y: float, line: str, class_: str, size: int) -> str:
    return svg.element("text", svg.said(line), x=x, y=y, class_=class_, font_size=size)


def _icon(path: str, x: float, y: float, class_: str = "", scale: float = 1) -> str:
    smaller = f" scale({svg.number(scale)})" if scale != 1 else ""
    place = f"translate({svg.number(x)} {svg.number(y)}){smaller}"
    return svg.element("path", d=path, class_=f"icon {class_}".strip(), transform=place)


def cut(text: str) -> str:
    """A text that is not too long for a picture."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def readable(template: str) -> str:
    """A template with its placeholders named: `Hello, ‹first_name›`."""
    return _PLACEHOLDER.sub(_named, template)


def _named(found: re.Match[str]) -> str:
    inside = found[1] or ""
    name = _CALLED.match(inside) or _NAME.match(inside)
    return f"‹{name[1] if name.re is _CALLED else name[0]}›" if name else ""
