"""A WALK → A TEST in which a contact walks it: what a finding about a path shows."""

from __future__ import annotations

from dataclasses import replace

from flowlang.coverage.searching import Search
from flowlang.coverage.shrinking import shrunk
from flowlang.coverage.staging import Stage, Unusable
from flowlang.coverage.suggesting import walked_by
from flowlang.coverage.ways import Key, sections
from flowlang.coverage.writing import in_language, suggestion
from flowlang.program.program import Program
from flowlang.source import Finding, Walk
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
    search = Search(program, stage, ways, frozenset({key}), budget=BUDGET)
    search.run()
    outcome = search.found.get(key)
    if outcome is None:
        return ""
    try:
        least = shrunk(outcome, key, stage)
    except Unusable:
        return ""
    made = suggestion(least, way, program, keywords.load(language))
    if key not in walked_by([made], program, {}):
        return ""
    return in_language([made], language, program.config.language)
