"""Every flow block of the documentation is what it says: it checks, and its tests pass.

The word after `flow` says what a block is:

    flow               a whole file, a workspace of its own
    flow surroundings  the workspace that the partial blocks of its document stand in
    flow settings      lines above the steps of a campaign
    flow steps         steps of a campaign that a purchase starts
    flow conditions    one condition a line
    flow twins         a campaign; all of a document have equal trees
    flow more          goes on with the whole file before it
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent

import pytest

from flowlang import workspace
from flowlang.workspace import Workspace

TOP = Path(__file__).parents[2]
DOCUMENTS = [TOP / "README.md", *sorted((TOP / "docs").glob("*.md"))]
FENCE = re.compile(r"^```flow ?(?P<what>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block, and where it stands."""

    document: Path
    line: int
    what: str
    text: str

    def __str__(self) -> str:
        return f"{self.document.name}:{self.line}"


def blocks() -> list[Block]:
    found = []
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        for match in FENCE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(document, line, match["what"], match["text"]))
    return found


BLOCKS = blocks()


def wrapped(block: Block) -> str:
    """A block as a whole file."""
    match block.what:
        case "settings":
            return f'campaign "Example"\n{indent(block.text, "  ")}  tag "x"\n'
        case "steps":
            return f'campaign "Example"\n  start on purchase\n{indent(block.text, "  ")}'
        case "conditions":
            ifs = "".join(f'  if {line}\n    tag "x"\n' for line in block.text.splitlines())
            return f'campaign "Example"\n  start on purchase\n{ifs}'
        case "more":
            return before(block).text + "\n" + block.text
        case _:
            return block.text


def before(block: Block) -> Block:
    """The whole file that a block goes on with."""
    above = [one for one in BLOCKS if one.document == block.document and one.line < block.line]
    return next(one for one in reversed(above) if one.what == "")


def surroundings(document: Path) -> str:
    return "".join(
        block.text
        for block in BLOCKS
        if block.document == document and block.what == "surroundings"
    )


def load(block: Block, folder: Path) -> Workspace:
    (folder / "flow.toml").write_text("", encoding="utf-8")
    (folder / "block.flow").write_text(wrapped(block), encoding="utf-8")
    if block.what not in ("", "more", "surroundings"):
        (folder / "all.flow").write_text(surroundings(block.document), encoding="utf-8")
    return workspace.load(folder)


@pytest.mark.parametrize("block", BLOCKS, ids=str)
def test_a_block_checks_and_its_tests_pass(block: Block, tmp_path: Path) -> None:
    found = load(block, tmp_path)
    findings = [
        f"{finding.span.source.name}:{finding.span.line} {finding.message} | {finding.span.text}"
        for finding in found.findings.in_order()
    ]
    assert findings == []
    assert found.program is not None
    results = [script.run(found.program, {}) for script in found.tests]
    assert [result.message for result in results if not result.passed] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_twins_of_a_document_have_equal_trees(document: Path, tmp_path: Path) -> None:
    twins = [one for one in BLOCKS if one.document == document and one.what == "twins"]
    trees = []
    for number, block in enumerate(twins):
        folder = tmp_path / str(number)
        folder.mkdir()
        loaded = load(block, folder)
        trees += [file.tree for file in loaded.files if file.source.text == block.text]
    assert len(trees) == len(twins) != 1
    assert all(tree == trees[0] for tree in trees)
