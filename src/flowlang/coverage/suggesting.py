"""COVERAGE → TESTS for the ways that no test walks, each proved by running it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flowlang.coverage.measuring import Coverage
from flowlang.coverage.recording import Recorder
from flowlang.coverage.searching import Search
from flowlang.coverage.shrinking import shrunk
from flowlang.coverage.staging import Stage, Unusable
from flowlang.coverage.ways import Key, Section, Way
from flowlang.coverage.writing import Suggestion, in_language, suggestion
from flowlang.engine.testing import compile_test
from flowlang.program.program import Program
from flowlang.source import Findings, Source
from flowlang.syntax import keywords, scripts
from flowlang.syntax.parser import parse


@dataclass(frozen=True, slots=True)
class Suggested:
    """Tests that walk what was not walked, as a file, and what no test was found for."""

    text: str
    tests: tuple[Suggestion, ...]
    left: tuple[tuple[Section, Way], ...]
    """Ways that nothing was found for: nobody may be able to walk them."""


def suggest(
    coverage: Coverage,
    program: Program,
    codes: dict[str, tuple[str, ...]],
    language: str,
    seed: int = 0,
) -> Suggested:
    """Search for tests; the same coverage, program and seed give the same ones.

    `language` is that of the workspace's files, in which the tests are written.
    """
    left = dict.fromkeys(way.key for _, way in coverage.missing())
    ways = tuple(way for section in coverage.sections for way in section.ways)
    stage = Stage(program, codes)
    search = Search(program, stage, ways, frozenset(left), seed)
    if left:
        search.run()
    tests: list[Suggestion] = []
    words = keywords.load(language)
    for way in ways:
        outcome = search.found.get(way.key)
        if way.key in left and outcome is not None:
            try:
                least = shrunk(outcome, way.key, stage)
            except Unusable:
                continue
            made = suggestion(least, way, program, words)
            walked = walked_by([made], program, codes)
            if way.key in walked:
                tests.append(made)
                left = {key: None for key in left if key not in walked}
    found = tuple(_named_once(tests))
    text = in_language(found, language, program.config.language) if found else ""
    still = tuple((section, way) for section, way in coverage.missing() if way.key in left)
    return Suggested(text, found, still)


def walked_by(
    tests: list[Suggestion], program: Program, codes: dict[str, tuple[str, ...]]
) -> frozenset[Key]:
    """What tests walk, as they are written; nothing where one of them does not pass."""
    text = "# language: en\n" + "\n\n".join(one.text for one in tests) + "\n"
    findings = Findings()
    parsed = parse(Source("", text), findings)
    recorder = Recorder(program)
    for test in parsed.tree.items:
        assert isinstance(test, scripts.Test)
        script = compile_test(test, program, findings)
        if findings.has_errors or not script.run(program, codes, recorder.stage).passed:
            return frozenset()
    return frozenset(recorder.walked)


def _named_once(tests: list[Suggestion]) -> Iterator[Suggestion]:
    """The tests, those of equal names numbered."""
    seen: dict[str, int] = {}
    for test in tests:
        count = seen[test.name] = seen.get(test.name, 0) + 1
        name = test.name if count == 1 else f"{test.name} ({count})"
        yield Suggestion(name, test.way, test.lines)
