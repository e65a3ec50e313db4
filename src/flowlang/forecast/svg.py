"""Shapes and texts as SVG, escaped; numbers with at most two decimals."""

from __future__ import annotations

from html import escape

INK, MUTED, RULE = "#1f2933", "#5b6672", "#e3e7eb"
"""The colours of texts, of what is beside them, and of lines behind the data."""
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def number(value: float) -> str:
    """A coordinate."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


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
    weight = ' font-weight="600"' if bold else ""
    place = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return (
        f'<text x="{number(x)}" y="{number(y)}" font-size="{size}" fill="{color}"{place}{weight}>'
        f"{escape(shown)}</text>"
    )


def line(x1: float, y1: float, x2: float, y2: float, color: str = RULE, width: float = 1) -> str:
    """A straight line."""
    return (
        f'<line x1="{number(x1)}" y1="{number(y1)}" x2="{number(x2)}" y2="{number(y2)}"'
        f' stroke="{color}" stroke-width="{number(width)}"/>'
    )


def rect(
    x: float, y: float, width: float, height: float, color: str, title: str = "", round_: float = 0
) -> str:
    """A filled rectangle; `title` shows where a pointer rests on it."""
    corner = f' rx="{number(round_)}"' if round_ else ""
    head = (
        f'<rect x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
        f'{corner} fill="{color}"'
    )
    return f"{head}><title>{escape(title)}</title></rect>" if title else f"{head}/>"


def path(points: str, color: str, *, width: float = 2, dash: str = "", fill: str = "none") -> str:
    """A line through points, or an area."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    stroke = f' stroke="{color}" stroke-width="{number(width)}"{dashes}' if width else ""
    return f'<path d="{points}" fill="{fill}"{stroke} stroke-linejoin="round"/>'


def document(width: float, height: float, title: str, told: str, parts: list[str]) -> str:
    """The picture on a light ground; `told` says it in words for those who cannot see it."""
    size = f'width="{number(width)}" height="{number(height)}"'
    box = f'viewBox="0 0 {number(width)} {number(height)}"'
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box} role="img"'
        f' font-family="{FONT}" style="font-variant-numeric: tabular-nums">'
    )
    ground = '<rect width="100%" height="100%" fill="#ffffff"/>'
    lines = [head, f"<title>{escape(title)}</title>", f"<desc>{escape(told)}</desc>", ground]
    return "\n".join([*lines, *parts, "</svg>", ""])
