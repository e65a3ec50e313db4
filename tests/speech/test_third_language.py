"""A third language needs one new table, and nothing else: a copy of flow is given one and used.

It has no catalogue, no sentences, no line of code; so it is spoken to in English.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

TREE = Path(__file__).parents[2]
CODE = "xo"
_MEANT = ("words", "values.", "written")
"""The sections of a table that a language cannot do without."""


def _with_an_o(text: str) -> str:
    """Each word with an o at its end, where names have none."""
    return re.sub(r"[a-z]+", lambda word: f"{word[0]}o", text)


def _table() -> str:
    """The English table in a language of our own, without all that a table may leave out."""
    head, *sections = re.split(
        r"^(?=\[)",
        (TREE / "grammar" / "keywords" / "en.toml").read_text("utf-8"),
        flags=re.MULTILINE,
    )
    head = head.replace('"English"', '"Xo"').replace('"en"', f'"{CODE}"')
    head = re.sub(r"^aliases = .*$", "", head, flags=re.MULTILINE).replace('"language"', '"lango"')
    kept = []
    for section in sections:
        name = section[1 : section.index("]")]
        if name in ("before", "order"):
            kept.append(section)
        elif name.startswith(_MEANT):
            lines = section.splitlines(keepends=True)
            kept += [re.sub(r"(?<== \[).*(?=\])", lambda m: _with_an_o(m[0]), one) for one in lines]
    return head + "".join(kept)


@dataclass(frozen=True)
class Copy:
    """A copy of flow with one table more."""

    folder: Path

    def __call__(self, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        environment = {k: v for k, v in os.environ.items() if not k.startswith("FLOW_")}
        environment["PYTHONPATH"] = str(self.folder / "src")
        environment["FLOW_CACHE_DIR"] = str(self.folder / "cache")
        return subprocess.run(
            [sys.executable, "-m", "flowlang", *arguments],
            cwd=cwd, env=environment, capture_output=True, text=True, encoding="utf-8",
            check=False, stdin=subprocess.DEVNULL,
        )  # fmt: skip


@pytest.fixture(scope="module")
def flow(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    folder = tmp_path_factory.mktemp("flow")
    for name in ("grammar", "locale", "stdlib"):
        shutil.copytree(TREE / name, folder / name)
    shutil.copytree(
        TREE / "src" / "flowlang", folder / "src" / "flowlang",
        ignore=shutil.ignore_patterns("__pycache__"),
    )  # fmt: skip
    shutil.copy(TREE / "pyproject.toml", folder)
    (folder / "grammar" / "keywords" / f"{CODE}.toml").write_text(_table(), encoding="utf-8")
    return Copy(folder)


def test_examples_are_translated_checked_tested_and_translated_back(
    flow: Copy, tmp_path: Path
) -> None:
    there = tmp_path / "there"
    for name in ("webinar", "coupon-sale", "shop-automation"):
        shutil.copytree(TREE / "examples" / name, there / name)
    before = {path: path.read_bytes() for path in there.rglob("*") if path.is_file()}
    flows = [path for path in before if path.suffix == ".flow"]

    done = flow("fmt", "--to", CODE, cwd=there)
    assert done.returncode == 0, done.stderr
    for path in flows:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# lango: {CODE}\n")
        assert not re.search(r"^(campaign|message|contact|test)\b", text, re.MULTILINE)

    for verb in ("check", "test"):
        done = flow(verb, cwd=there)
        assert done.returncode == 0, done.stdout + done.stderr

    done = flow("fmt", "--to", "en", cwd=there)
    assert done.returncode == 0, done.stderr
    assert {path: path.read_bytes() for path in before} == before


BROKEN = """\
# lango: xo
campaigno "A"
  starto wheno taggedo "new"
  sendo "M"
  waito 0 dayso
  snedo "M"
"""


def test_what_is_found_is_told_in_english_with_the_words_of_the_file(
    flow: Copy, tmp_path: Path
) -> None:
    (tmp_path / "a.flow").write_text(BROKEN, encoding="utf-8")
    done = flow("check", cwd=tmp_path)
    assert done.returncode == 1
    assert "there is no message `M`" in done.stdout
    assert "`snedo` is no word of flow here" in done.stdout
    assert "did you mean `sendo`?" in done.stdout


def test_a_rule_is_told_with_examples_in_that_language(flow: Copy, tmp_path: Path) -> None:
    (tmp_path / "flow.toml").write_text(f'language = "{CODE}"\n', encoding="utf-8")
    done = flow("rule", "FL641", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "A wait of zero lets no time pass." in done.stdout
    assert '\ncampaigno "Greeting"\n  starto wheno taggedo "new"\n  waito 0 dayso\n' in done.stdout


def test_what_it_does_not_say_is_said_in_english(flow: Copy, tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_text("# lango: xo\ncampaigno A\nsegmento\n", encoding="utf-8")
    done = flow("check", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "a text in quotes" in done.stdout
