"""A DRAFT → THE LEAST that still walks a way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flowlang.coverage.drafts import Draft, Happens, without_a_line
from flowlang.coverage.staging import Outcome, Stage, Unusable
from flowlang.coverage.ways import Key


def shrunk(
    outcome: Outcome, key: Key, stage: Stage, keeps: Callable[[Outcome], bool] = lambda _: True
) -> Outcome:
    """The shortest of what is found by leaving things out, one after the other.

    `keeps` says whether an outcome, beside walking the way, still shows what it is to show.
    """
    best = outcome
    found: Outcome | None = outcome
    while found is not None:
        found = next(filter(keeps, _still(best.draft, key, stage)), None)
        best = found or best
    return best


def _still(draft: Draft, key: Key, stage: Stage) -> Iterator[Outcome]:
    """Drafts that are a little less and still walk a way."""
    for smaller in _smaller(draft):
        try:
            outcome = stage.run(smaller)
        except Unusable:
            continue
        if key in outcome.walked:
            yield outcome


def _smaller(draft: Draft) -> Iterator[Draft]:
    if draft.name:
        yield replace(draft, name="")
    yield from without_a_line(draft)
    for number, act in enumerate(draft.acts):
        if isinstance(act.what, Happens):
            for at in range(len(act.what.data)):
                data = (*act.what.data[:at], *act.what.data[at + 1 :])
                less = replace(act, what=Happens(act.what.event, data))
                yield replace(draft, acts=(*draft.acts[:number], less, *draft.acts[number + 1 :]))
