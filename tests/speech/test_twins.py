"""Every English example exists in German: the formatter makes it, and takes it back as it was."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

import pytest

from flowlang import resources, workspace
from flowlang.intake.coupons import read_codes
from flowlang.rules import pages, registry
from flowlang.source import Findings, Source
from flowlang.syntax.format import comments, format_source
from flowlang.syntax.parser import Parsed, parse

TREE = Path(__file__).parents[2]
_FENCE = re.compile(r"^```flow[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _english() -> dict[str, str]:
    """All examples in English that are whole files, by name."""
    found = {}
    folders = ("examples", "stdlib", "tests/language", "tests/semantics", "tests/syntax/examples")
    for folder in folders:
        for path in sorted((TREE / folder).rglob("*.flow")):
            found[str(path.relative_to(TREE))] = path.read_text(encoding="utf-8")
    for path in sorted([*(TREE / "docs").glob("*.md"), TREE / "README.md"]):
        for number, fence in enumerate(_FENCE.findall(path.read_text(encoding="utf-8")), 1):
            found[f"{path.relative_to(TREE)} {number}"] = fence
    for rule in registry.rules().values():
        shown = pages.examples(rule)
        found |= {f"{rule.name} bad": shown.bad, f"{rule.name} good": shown.good}
    return {name: text for name, text in found.items() if _read(text).language == "en"}


@cache
def _read(text: str) -> Parsed:
    return parse(Source("", text), Findings())


WHOLE = {name: text for name, text in _english().items() if _read(text).sound}


@pytest.mark.parametrize("name", WHOLE)
def test_an_example_in_german_has_the_equal_tree_and_goes_back_byte_for_byte(name: str) -> None:
    english = _read(WHOLE[name])
    written = format_source(english)
    german = _read(format_source(english, "de"))
    assert german.language == "de"
    assert german.source.text.startswith("# sprache: de\n")
    assert german.tree == english.tree
    assert comments(german) == comments(english)
    assert format_source(german, "en") == written
    assert format_source(_read(written), "de") == german.source.text


@pytest.mark.parametrize(
    "name", [name for name in WHOLE if name.startswith(("examples", "stdlib"))]
)
def test_what_we_ship_goes_to_german_and_back_to_the_same_file(name: str) -> None:
    german = _read(format_source(_read(WHOLE[name]), "de"))
    assert format_source(german, "en") == WHOLE[name]


TOLD = {
    r'"\"Your codes\" is halted"': r'"\"Your codes\" ist angehalten"',
    r'enthält "missing 2 codes in \"present\""': r'enthält "es fehlen 2 Codes in \"present\""',
    r'"coupon list \"anniversary\": 4 codes': r'"Gutscheinliste \"anniversary\": noch 4 Codes',
    r'noch 4 Codes left"': r'noch 4 Codes"',
}
"""What tests expect the engine to tell people, which it tells in the language of the workspace."""
FOLDERS = sorted(path.name for path in (TREE / "examples").iterdir() if path.is_dir())


@pytest.mark.parametrize("name", FOLDERS)
def test_the_german_twin_of_an_example_passes_its_tests(name: str, tmp_path: Path) -> None:
    there = tmp_path / name
    shutil.copytree(TREE / "examples" / name, there)
    for path in there.rglob("*.flow"):
        text = format_source(parse(Source("", path.read_text(encoding="utf-8")), Findings()), "de")
        for english, german in TOLD.items():
            text = text.replace(english, german)
        path.write_text(text, encoding="utf-8")
    count = 0
    for root, files in workspace.find([there]):
        loaded = workspace.load(root, files)
        program = loaded.runnable
        assert program is not None, [one.message for one in loaded.findings.found]
        assert {loaded.languages[parsed.source] for parsed in loaded.files} == {"de"}
        codes = {
            listed: read_codes(found.path, found.path.read_bytes()).codes
            for listed, found in program.names.coupons.items()
            if found.path
        }
        results = [test.run(program, codes) for test in loaded.tests]
        count += len(results)
        assert [one.message for one in results if not one.passed] == []
    assert count or name == "recipes"


def test_the_standard_library_is_among_the_examples() -> None:
    shipped = {path.name for path in resources.stdlib().glob("*.flow")}
    assert shipped <= {Path(name).name for name in WHOLE if name.startswith("stdlib")}
