"""How wide a text is, and where it breaks, without asking for a font.

The widths are those of DejaVu Sans, which is as wide as Verdana and wider than Arial, Roboto,
Segoe UI and the system fonts: a text needs at most this room in any of them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_WIDTHS = {
    275: "'", 278: "ijl", 295: "IJ", 318: " ,.", 337: "/:;\\|", 352: "f", 361: "-", 392: "()[]t",
    411: "r!", 460: '"', 500: "*_`", 525: "zs", 531: "?", 550: "c", 557: "L", 575: "F", 592: "kvxy",
    613: "aoPT", 636: "0123456789$bdeghnpquES{}ßµ", 656: "KY", 686: "ABVXZ", 698: "CR", 732: "U",
    752: "NH", 775: "DG", 787: "OQ&", 818: "w", 838: "#+<=>^~", 863: "M", 950: "%", 974: "m",
    989: "W", 1000: "@…", 319: "‚‘’", 519: "„“”", 839: "→←×–",
}  # fmt: skip
"""In thousandths of the size of the letters."""
_KNOWN = {letter: width for width, letters in _WIDTHS.items() for letter in letters}
_SMALL, _CAPITAL, _FULL, _EMOJI = 1060, 1180, 1040, 1400
"""Of letters that are not in the table: the widest of their kind."""
_BREAKABLE = re.compile(r"[^/?&=@_-]+[/?&=@_-]*|[/?&=@_-]+")
_BOLD, _BOLD_CAPITAL = 110, 135
"""What bold letters are wider by."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a text is at most, in the units of `size`."""
    total = sum(map(_thousandths, text))
    if bold:
        total += sum(_BOLD_CAPITAL if letter.isupper() else _BOLD for letter in text)
    return total * size / 1000


@lru_cache(maxsize=4096)
def _thousandths(letter: str) -> int:
    found = _KNOWN.get(letter)
    if found is not None:
        return found
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf", "Cc"):
        return 0
    if letter >= "\U0001f000" or "\u2600" <= letter <= "\u27bf":
        return _EMOJI
    base = unicodedata.normalize("NFD", letter)[0]
    if base in _KNOWN:
        return _KNOWN[base]
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    return _CAPITAL if category in ("Lu", "So", "Sm") else _SMALL


def wrapped(text: str, most: float, size: float, *, bold: bool = False) -> list[str]:
    """The lines of a text that are at most so wide, as few as can be and about equally long."""
    parts = list(_parts(text, most, size, bold=bold))
    lines = _filled(parts, most, size, bold=bold)
    low, high = 0.0, most
    while len(lines) > 1 and high - low > size / 2:
        middle = (low + high) / 2
        tried = _filled(parts, middle, size, bold=bold)
        if len(tried) > len(lines) or any(width(one, size, bold=bold) > middle for one in tried):
            low = middle
        else:
            lines, high = tried, middle
    return lines


def _filled(parts: list[str], most: float, size: float, *, bold: bool) -> list[str]:
    lines: list[str] = []
    for part in parts:
        if lines and width((lines[-1] + part).rstrip(), size, bold=bold) <= most:
            lines[-1] += part
        else:
            lines.append(part)
    return [line.rstrip() for line in lines]


def _parts(text: str, most: float, size: float, *, bold: bool) -> Iterator[str]:
    """What must not be broken: words, each with the space behind it.

    A word that is too long may break behind the signs of an address, or else anywhere.
    """
    for word in text.split():
        if width(word, size, bold=bold) <= most:
            yield f"{word} "
            continue
        for part in _BREAKABLE.findall(word):
            yield from _pieces(part, most, size, bold=bold)
        yield " "


def _pieces(word: str, most: float, size: float, *, bold: bool) -> list[str]:
    """A word that is too long, cut where it has to be; a letter stays with its accents."""
    found = [""]
    for letter in word:
        longer = found[-1] + letter
        if found[-1] and _thousandths(letter) and width(longer, size, bold=bold) > most:
            found.append(letter)
        else:
            found[-1] = longer
    return found
