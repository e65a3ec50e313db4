"""Shapes and texts as SVG, escaped; numbers with at most two decimals."""

from __future__ import annotations

import re
from html import escape

INK, MUTED, RULE = "#1f2933", "#5b6672", "#e3e7eb"
"""The colours of texts, of what is beside them, and of lines behind the data."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document may hold, not even escaped (XML 1.0, production 2)."""


def number(value: float) -> str:
    """A coordinate."""
    shown = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def valid(words: str) -> str:
    """A text without what no document may hold."""
    return _NOT_XML.sub("\ufffd", words)


def said(words: str) -> str:
    """Any text, as it stands between tags or in an attribute."""
    return escape(valid(words))


def element(tag: str, *inside: str, **attributes: float | str | None) -> str:
    """An element with what is inside it, which is written already.

    `stroke_width` is written `stroke-width`, `class_` is `class`; None leaves an attribute out.
    """
    written = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{said(_shown(value))}"'
        for name, value in attributes.items()
        if value is not None
    )
    return f"<{tag}{written}>{''.join(inside)}</{tag}>" if inside else f"<{tag}{written}/>"


def _shown(value: float | str) -> str:
    return value if isinstance(value, str) else number(value)


def text(
    x: float,
    y: float,
    shown: str,
    *,
    size: int = 12,
    color: str = INK,
    anchor: str = "start",
    bold: bool = False,
) -> str:
    """A text with its baseline at a point."""
    return element(
        "text", said(shown), x=x, y=y, font_size=size, fill=color,
        text_anchor=anchor if anchor != "start" else None, font_weight=600 if bold else None,
    )  # fmt: skip


def line(x1: float, y1: float, x2: float, y2: float, color: str = RULE, width: float = 1) -> str:
    """A straight line."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=color, stroke_width=width)


def rect(
    x: float, y: float, width: float, height: float, color: str, title: str = "", round_: float = 0
) -> str:
    """A filled rectangle; `title` shows where a pointer rests on it."""
    inside = [element("title", said(title))] if title else []
    corner = round_ or None
    return element("rect", *inside, x=x, y=y, width=width, height=height, rx=corner, fill=color)


def path(points: str, color: str, *, width: float = 2, dash: str = "", fill: str = "none") -> str:
    """A line through points, or an area."""
    return element(
        "path", d=points, fill=fill, stroke=color if width else None, stroke_width=width or None,
        stroke_dasharray=dash if width and dash else None, stroke_linejoin="round",
    )  # fmt: skip


GROUND = '<rect width="100%" height="100%" fill="#ffffff"/>'
"""A light ground, for pictures whose colours are for one."""


def document(
    width: float, height: float, title: str, told: str, parts: list[str], class_: str | None = None
) -> str:
    """A picture; `told` says it in words for those who cannot see it."""
    head = [element("title", said(title)), element("desc", said(told))]
    inside = "\n".join(["", *head, *parts, ""])
    drawn = element(
        "svg", inside, xmlns="http://www.w3.org/2000/svg", width=width, height=height,
        viewBox=f"0 0 {number(width)} {number(height)}", role="img", class_=class_,
        font_family=FONT, style="font-variant-numeric: tabular-nums",
    )  # fmt: skip
    return f"{drawn}\n"
