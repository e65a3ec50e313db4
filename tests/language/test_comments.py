"""A comment behind a line says nothing to the program: no text that people read holds it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace
from flowlang.source import Source, Span
from flowlang.workspace import Workspace

FOLDER = Path(__file__).parent
FILES = [*FOLDER.glob("*.flow"), *(FOLDER / "../../examples/recipes").glob("*.flow")]
WHY = '  # "why" `so`'


def commented(text: str) -> str:
    """A comment behind each line that is none of a text block."""
    lines, inside = [], False
    for line in text.split("\n"):
        inside ^= line.count('"""') % 2 == 1
        plain = line.strip() and not inside and not line.lstrip().startswith("#")
        lines.append(line + WHY if plain else line)
    return "\n".join(lines)


def said(found: Workspace) -> list[tuple[str, str, list[str]]]:
    """What histories, pictures and `why` say of each step, and of what starts a campaign."""
    assert found.program is not None
    steps = [
        (step.where.text, step.describe(), step.labels(pc, str))
        for campaign in found.program.by_name.values()
        for pc, step in enumerate(campaign.instructions)
    ]
    starts: list[tuple[str, str, list[str]]] = [
        (start.text, "", []) for one in found.program.by_name.values() for start in one.starts
    ]
    return steps + starts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_comment_is_no_part_of_what_a_step_says(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    plain, told = workspace.load_text(text), workspace.load_text(commented(text))
    assert said(told) == said(plain)
    assert [one.message for one in told.findings.found] == [
        one.message for one in plain.findings.found
    ]


def words(text: str) -> tuple[str, str]:
    source = Source("x.flow", text)
    span = Span(source, 0, len(text))
    return span.words, span.first_line


def test_a_sign_within_a_text_begins_no_comment() -> None:
    assert words('if tag "a # b"  # c\n  tag "d" # "e') == (
        'if tag "a # b" tag "d"', 'if tag "a # b"',
    )  # fmt: skip
    assert words('tag "a \\" # b" # "c"') == ('tag "a \\" # b"',) * 2
    assert words('(a # "\n  and b)') == ("(a and b)", "(a")
    assert words('body """ # a\n  b # c\n"""  # d') == ('body """ # a b # c """', 'body """ # a')


def test_a_condition_over_several_lines_is_told_without_its_comments() -> None:
    text = (
        'contact\n  score number\n\ncampaign "A"\n  start when tagged "go"\n  if (score > 3 # x\n'
    )
    found = workspace.load_text(text + '    and score < 9)  # y\n    tag "b"\n')
    assert found.findings.found == []
    assert said(found)[0][0] == "if (score > 3"
