"""A WALK → A TEST in which a contact walks it: what a finding about a path shows."""

from __future__ import annotations

from dataclasses import replace

from flowlang.coverage.drafts import without
from flowlang.coverage.searching import Search
from flowlang.coverage.shrinking import shrunk
from flowlang.coverage.staging import Outcome, Stage, Unusable
from flowlang.coverage.suggesting import walked_by
from flowlang.coverage.ways import Key, sections
from flowlang.coverage.writing import in_language, suggestion
from flowlang.program.program import Program
from flowlang.source import Finding, Walk
from flowlang.steps.send import SENT
from flowlang.syntax import keywords

BUDGET = 1_500
"""Runs that a search may take: a finding is shown without a test rather than late."""


MOST = 10
"""Findings of a workspace that a test is searched for."""


def with_tests(found: list[Finding], program: Program, languages: dict[str, str]) -> list[Finding]:
    """Findings, those about a path with a test; `languages` has that of each file by its name."""
    asked = [one for one in found if one.walk is not None][:MOST]
    shown: dict[int, Finding] = {}
    for one in asked:
        assert one.walk is not None
        language = languages.get(one.span.source.name, "en")
        shown[id(one)] = replace(one, test=test_of(one.walk, program, language))
    return [shown.get(id(one), one) for one in found]


def test_of(walk: Walk, program: Program, language: str) -> str:
    """A test that can be pasted and passes, in a language; empty where none is found soon."""
    key = Key(walk.campaign, "step", walk.at, walk.outcome)
    ways = tuple(way for section in sections(program) for way in section.ways)
    way = next((one for one in ways if one.key == key), None)
    if way is None:
        return ""
    stage = Stage(program, {})
    # Of many things that keep a message back, only the one is to show: first it is sent.
    sought = key._replace(label=SENT) if walk.lacking else key
    search = Search(program, stage, ways, frozenset({sought}), budget=BUDGET)
    search.run()
    outcome = search.found.get(sought)

    def shows(one: Outcome) -> bool:
        return not walk.lacking or _lacks(one, walk.lacking)

    try:
        if outcome is not None and walk.lacking:
            outcome = stage.run(without(outcome.draft, f"field {walk.lacking}"))
        if outcome is None or key not in outcome.walked or not shows(outcome):
            return ""
        least = shrunk(outcome, key, stage, shows)
    except Unusable:
        return ""
    made = suggestion(least, way, program, keywords.load(language))
    if key not in walked_by([made], program, {}):
        return ""
    text = in_language([made], language, program.config.language)
    named = keywords.language_line(text)
    # It goes below what is there, in a file that says its language itself.
    return text.partition("\n")[2] if named and named[0] == language else text


def _lacks(outcome: Outcome, field: str) -> bool:
    """Whether a message was held back for want of a field."""
    return any(
        one.because == "missing value" and one.detail.rpartition(".")[2] == field
        for one in outcome.play.world.skipped
    )
