"""The page of promises: each names the tests that hold it, and they are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
PAGE = (TOP / "docs" / "guarantees.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)))
PROMISES, _, REST = PAGE.partition("## Accidents of other systems")


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_the_tests_that_are_named_are_there(file: str) -> None:
    tree = ast.parse((TOP / file).read_text(encoding="utf-8"))
    there = {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)}
    assert {name for named, name in NAMED if named == file} <= there


def test_every_promise_names_a_test() -> None:
    paragraphs = re.split(r"\n\n(?=\*\*)", PROMISES)[1:]
    assert len(paragraphs) > 15
    for paragraph in paragraphs:
        assert re.search(r"`tests/[\w/]+\.py::test_\w+`", paragraph), paragraph.splitlines()[0]


def test_every_accident_names_what_holds_it() -> None:
    rows = re.findall(
        r"^\| (?!reported|---)(.+?) \| (.+?) \|$", REST.partition("## Where")[0], re.MULTILINE
    )
    assert len(rows) > 25
    for reported, held in rows:
        paths = re.findall(r"`((?:tests|benchmarks)/[\w/]+\.py)", held)
        assert paths, reported
        assert all((TOP / path).is_file() for path in paths), reported
