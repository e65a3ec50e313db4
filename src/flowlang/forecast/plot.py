"""DAYS → PICTURE: what is sent each day, the codes that are left, and who waits, below each other.

All share one axis of days.  The colours are those of Okabe and Ito, which people with any colour
vision tell apart; codes also differ in their dashes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flowlang.forecast.days import Day
from flowlang.forecast.scales import Amounts, Days
from flowlang.forecast.words import Words
from flowlang.pictures import svg

WIDTH = 960
_LEFT, _RIGHT = 64, 24
_LARGE, _SMALL = 200, 110
"""Heights of the panels."""
_ABOVE, _BELOW = 34, 34
"""Room above a panel for its title, and below for its days."""
_ROW = 20
"""Height of a row of the legend."""
_COLORS = (
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#000000",
)  # fmt: skip
_OTHERS = "#9aa5b1"
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
_WIDEST = 48
"""Of a bar."""
_MOST_DAYS = 200
"""That have bars of their own; beyond, weeks have."""
_LONGEST = 30
"""Characters of a name in a legend."""
_LETTER = 6.6
"""About how wide a letter is."""


def plot(days: Sequence[Day], title: str, words: Words) -> str:
    """The picture of a forecast as SVG; `title` says of what."""
    return _Plot(days, title, words).draw()


@dataclass(frozen=True, slots=True)
class _Key:
    """An entry of a legend."""

    name: str
    color: str
    dash: str = ""
    line: bool = False


@dataclass(frozen=True, slots=True)
class _Bin:
    """What a bar stands for: so many days from one on, and what was sent on them."""

    at: int
    count: int
    sent: Counter[str]


def _bins(days: Sequence[Day], *, weekly: bool) -> Iterator[_Bin]:
    """The days, or their weeks from Monday on."""
    at = 0
    while at < len(days):
        count = min(7 - days[at].date.weekday(), len(days) - at) if weekly else 1
        sent: Counter[str] = Counter()
        for day in days[at : at + count]:
            sent.update(day.sent)
        yield _Bin(at, count, sent)
        at += count


class _Plot:
    def __init__(self, days: Sequence[Day], title: str, words: Words) -> None:
        self.days = days
        self.title = title
        self.words = words
        self.parts: list[str] = []
        self.y = 0.0
        self.scale = Days(days[0].date, len(days), _LEFT, WIDTH - _LEFT - _RIGHT, 60, 84)

    def draw(self) -> str:
        self._heading()
        self._sends()
        if self.days[0].coupons:
            self._codes()
        self._waiting()
        first, last = self.days[0].date, self.days[-1].date
        told = self.words.summary(self._total(), first, last)
        parts = [svg.GROUND, *self.parts]
        return svg.document(WIDTH, self.y + 12, self.title, told, parts)

    def _total(self) -> int:
        return sum(sum(day.sent.values()) for day in self.days)

    def _heading(self) -> None:
        first, last = self.days[0].date, self.days[-1].date
        self.parts += [
            svg.text(_LEFT, 36, _cut(self.title, 70), size=20, bold=True),
            svg.text(
                _LEFT, 58, self.words.summary(self._total(), first, last), size=13, color=svg.MUTED
            ),
        ]
        self.y = 74

    # ------------------------------------------------------------------ panels

    def _sends(self) -> None:
        """Bars: one for each day, a piece of it for each message."""
        total: Counter[str] = Counter()
        for day in self.days:
            total.update(day.sent)
        names = list(dict.fromkeys(name for day in self.days for name in day.sent))
        shown, others = _largest(names, total)
        keys = [_Key(name, color) for name, color in zip(shown, _COLORS, strict=False)]
        if others:
            keys.append(_Key(self.words.others(len(others)), _OTHERS))
        weekly = len(self.days) > _MOST_DAYS
        bins = list(_bins(self.days, weekly=weekly))
        most = max(one.sent.total() for one in bins)
        title = self.words.sends_weekly if weekly else self.words.sends
        title = title if len(names) != 1 else f"{title}: {names[0]}"
        amounts = self._panel(title, _LARGE, most, keys if len(names) > 1 else [])
        for one in bins:
            pieces = [(key.name, key.color, one.sent[key.name]) for key in keys]
            if others:
                rest = sum(one.sent[name] for name in others)
                pieces[-1] = (keys[-1].name, keys[-1].color, rest)
            self._bar(one, pieces, amounts)
        if not names:
            middle = _LEFT + self.scale.width / 2
            y = amounts.bottom - amounts.height / 2
            self.parts.append(
                svg.text(middle, y, self.words.nothing, color=svg.MUTED, anchor="middle")
            )

    def _bar(self, one: _Bin, pieces: list[tuple[str, str, int]], amounts: Amounts) -> None:
        x, width = self.scale.x(one.at), self.scale.step * one.count
        gap = min(width * 0.25, 6) if width >= 4 else 0
        thin = min(width - gap, _WIDEST)
        x += (width - thin) / 2
        when = self.words.span(self.days[one.at].date, self.days[one.at + one.count - 1].date)
        below = 0
        for name, color, count in pieces:
            if count:
                top = amounts.y(below + count)
                title = f"{when}: {name}, {self.words.number(count)}"
                self.parts.append(svg.rect(x, top, thin, amounts.y(below) - top, color, title))
                below += count

    def _codes(self) -> None:
        """Steps: the codes of each list at the end of each day."""
        lists = list(self.days[0].coupons)
        keys = [
            _Key(name, _COLORS[at % len(_COLORS)], _DASHES[at // 2 % len(_DASHES)], line=True)
            for at, name in enumerate(lists)
        ]
        most = max(max(day.coupons.values()) for day in self.days)
        title = self.words.codes if len(lists) != 1 else f"{self.words.codes}: {lists[0]}"
        amounts = self._panel(title, _SMALL, most, keys if len(lists) > 1 else [])
        for key, name in zip(keys, lists, strict=True):
            points = self._steps([day.coupons[name] for day in self.days], amounts)
            self.parts.append(svg.path(points, key.color, dash=key.dash))

    def _waiting(self) -> None:
        """An area: who waits at the end of each day; those who are halted in another colour."""
        halted = any(day.halted for day in self.days)
        keys = [_Key(self.words.waits, _COLORS[0]), _Key(self.words.halted, _COLORS[5])]
        most = max(day.waiting for day in self.days)
        amounts = self._panel(self.words.waiting, _SMALL, most, keys if halted else [])
        self._area([day.waiting for day in self.days], amounts, _COLORS[0])
        if halted:
            self._area([day.halted for day in self.days], amounts, _COLORS[5])

    # ------------------------------------------------------------------ parts of panels

    def _panel(self, title: str, height: float, most: int, keys: list[_Key]) -> Amounts:
        """The title, the legend, the lines and the names at the edges of a panel."""
        self.parts.append(svg.text(_LEFT, self.y + 20, _cut(title, 90), size=13, bold=True))
        self.y += _ABOVE
        self._legend(keys)
        bottom = self.y + height
        amounts = Amounts.of(most, bottom, height, 5 if height > _SMALL else 3)
        right = _LEFT + self.scale.width
        for amount in amounts.named():
            y = amounts.y(amount)
            color = svg.MUTED if amount == 0 else svg.RULE
            self.parts.append(svg.line(_LEFT, y, right, y, color))
            shown = self.words.number(amount)
            self.parts.append(
                svg.text(_LEFT - 8, y + 4, shown, size=11, color=svg.MUTED, anchor="end")
            )
        self._days(bottom)
        self.y = bottom + _BELOW
        return amounts

    def _days(self, bottom: float) -> None:
        named, months = self.scale.named()
        for at, day in named:
            middle = self.scale.x(at) if months else self.scale.x(at) + self.scale.step / 2
            self.parts.append(svg.line(middle, bottom, middle, bottom + 4, svg.MUTED))
            shown = self.words.month(day) if months else self.words.short(day)
            half = len(shown) * _LETTER / 2
            x = min(middle, WIDTH - half)
            self.parts.append(
                svg.text(x, bottom + 18, shown, size=11, color=svg.MUTED, anchor="middle")
            )

    def _legend(self, keys: list[_Key]) -> None:
        x = float(_LEFT)
        for key in keys:
            name = _cut(key.name, _LONGEST)
            needed = 18 + len(name) * _LETTER + 18
            if x > _LEFT and x + needed > WIDTH - _RIGHT:
                x, self.y = float(_LEFT), self.y + _ROW
            if key.line:
                points = f"M{svg.number(x)} {svg.number(self.y)}h14"
                self.parts.append(svg.path(points, key.color, dash=key.dash, width=3))
            else:
                self.parts.append(svg.rect(x + 1, self.y - 5, 11, 11, key.color, round_=2))
            self.parts.append(svg.text(x + 18, self.y + 4, name, size=12))
            x += needed
        self.y += _ROW if keys else 0

    def _steps(self, values: list[int], amounts: Amounts) -> str:
        """A line that goes sideways through a day and up or down between two."""
        number, points = svg.number, ""
        for at, value in enumerate(values):
            move = "M" if not points else "L"
            y = number(amounts.y(value))
            points += f"{move}{number(self.scale.x(at))} {y}H{number(self.scale.x(at + 1))}"
        return points

    def _area(self, values: list[int], amounts: Amounts, color: str) -> None:
        steps = self._steps(values, amounts)
        zero = svg.number(amounts.y(0))
        closed = f"{steps}V{zero}H{svg.number(self.scale.x(0))}Z"
        self.parts.append(f'<g opacity="0.25">{svg.path(closed, color, width=0, fill=color)}</g>')
        self.parts.append(svg.path(steps, color, width=1.5))


def _largest(names: list[str], total: Counter[str]) -> tuple[list[str], list[str]]:
    """As many names as there are colours, in their order; the rest of them together."""
    if len(names) <= len(_COLORS):
        return names, []
    ranked = sorted(names, key=lambda name: -total[name])[: len(_COLORS) - 1]
    return [name for name in names if name in ranked], [one for one in names if one not in ranked]


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else name[: most - 1] + "…"
