"""A WALK → A TEST in which a contact walks it: what a finding about a path shows."""

from __future__ import annotations

from dataclasses import replace

from flowlang.coverage.drafts import Draft, given, without
from flowlang.coverage.facts import consent
from flowlang.coverage.searching import Search
from flowlang.coverage.shrinking import shrunk
from flowlang.coverage.staging import Outcome, Stage, Unusable
from flowlang.coverage.suggesting import walked_by
from flowlang.coverage.ways import Key, Way, sections
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
    wanted = {sought} | _before(walk)
    search = Search(program, stage, ways, frozenset(wanted), budget=BUDGET)
    search.run()
    for outcome in [one for one in search.known if sought in one.walked]:
        try:
            found = stage.run(_altered(outcome.draft, walk))
        except Unusable:
            continue
        if key in found.walked and _shows(found, walk):
            return _written(found, way, walk, stage, program, language)
    return ""


def _written(
    outcome: Outcome, way: Way, walk: Walk, stage: Stage, program: Program, language: str
) -> str:
    """The least that shows a walk, as text; empty where it does not pass as it is written."""
    key = way.key
    least = shrunk(outcome, key, stage, lambda one: _shows(one, walk))
    made = suggestion(least, way, program, keywords.load(language))
    if key not in walked_by([made], program, {}):
        return ""
    text = in_language([made], language, program.config.language)
    named = keywords.language_line(text)
    # It goes below what is there, in a file that says its language itself.
    return text.partition("\n")[2] if named and named[0] == language else text


def _before(walk: Walk) -> set[Key]:
    """What it went through before, if the walk is about that as well."""
    if walk.before < 0:
        return set()
    return {Key(walk.campaign, "step", walk.before, walk.outcome_before)}


def _altered(draft: Draft, walk: Walk) -> Draft:
    """A draft whose contact lacks, or has allowed, what the walk says."""
    if walk.lacking:
        draft = without(draft, f"field {walk.lacking}")
    return given(draft, [consent(walk.allowed, so=True)]) if walk.allowed else draft


def _shows(outcome: Outcome, walk: Walk) -> bool:
    """Whether an outcome, beside the step itself, shows all that the walk is about."""
    if walk.lacking and not _lacks(outcome, walk.lacking):
        return False
    if (
        walk.allowed
        and consent(walk.allowed, so=True).given not in dict(outcome.draft.given).values()
    ):
        return False
    return _before(walk) <= outcome.walked


def _lacks(outcome: Outcome, field: str) -> bool:
    """Whether a message was held back for want of a field."""
    return any(
        one.because == "missing value" and one.detail.rpartition(".")[2] == field
        for one in outcome.play.world.skipped
    )
