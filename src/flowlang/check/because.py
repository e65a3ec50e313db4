"""Why a branch was taken, as its history says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.check.meaning import Place
from flowlang.check.names import Names
from flowlang.check.view import View
from flowlang.syntax import expressions as tree

if TYPE_CHECKING:
    from flowlang.check.explain import Explain


class Because:
    """On which values a condition hung, in words; made ready when it is first asked."""

    __slots__ = ("_explain", "_names", "_node", "_place")

    def __init__(self, names: Names, node: tree.Expression, place: Place) -> None:
        self._names = names
        self._node = node
        self._place = place
        self._explain: Explain | None = None

    def __call__(self, view: View) -> str:
        """The values that decided: `score: 40, tagged "vip": no`; empty where the text says all."""
        if self._explain is None:
            # Only a run asks, not a check.
            from flowlang.check.explain import Explainer

            self._explain = Explainer(self._names).prepared(self._node, self._place)
        explained = self._explain(view)
        told: dict[str, None] = {}
        for leaf in explained.blame():
            if leaf is not explained and not leaf.values:
                told[f"{leaf.text}: {'yes' if leaf.holds else 'no'}"] = None
            told.update(dict.fromkeys(f"{text}: {value}" for text, value in leaf.values))
        return ", ".join(told)
