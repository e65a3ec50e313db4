"""Whatever a file holds, the rules find something or nothing, and never break."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from flowlang import workspace
from flowlang.config import Settings
from flowlang.rules import pages, registry
from flowlang.rules.severities import Severities

ALL_ON = Settings(rules=Severities(said={"": dict.fromkeys(registry.rules(), "warning")}))
EXAMPLES = [pages.examples(rule) for rule in registry.rules().values()]
TEXTS = [text for one in EXAMPLES for text in (one.bad, one.good)]
LINES = sorted({line for text in TEXTS for line in text.splitlines()})
COMMENT = "  # flow: allow wait-of-zero, nothing because so"


@st.composite
def mixed(draw: st.DrawFn) -> str:
    """An example with lines of others in it, and without some of its own."""
    lines = draw(st.sampled_from(TEXTS)).splitlines()
    for _ in range(draw(st.integers(0, 5))):
        at = draw(st.integers(0, len(lines)))
        match draw(st.sampled_from(["put", "take", "allow"])):
            case "put":
                lines.insert(at, draw(st.sampled_from(LINES)))
            case "take":
                del lines[at : at + 1]
            case _:
                lines[at : at + 1] = [line + COMMENT for line in lines[at : at + 1]]
    return "\n".join(lines) + "\n"


@settings(max_examples=300, deadline=None)
@given(mixed())
def test_mixed_up_examples(text: str) -> None:
    loaded = workspace.load_text(text, settings=ALL_ON)
    workspace.lint(loaded)
    for finding in loaded.findings.in_order():
        assert finding.message
        assert finding.span.start <= finding.span.end <= len(finding.span.source.text)


def test_many_steps_and_deep_blocks_come_to_an_end() -> None:
    """What is joined is bounded, so a thousand conditions cost a thousand times one."""
    given_tags = "".join(f'  tag "t{number}"\n' for number in range(300))
    asked = "".join(
        f'  if tagged "t{number}" and score > {number}\n    untag "t{number}"\n'
        f'  else if score > {number + 1} or tagged "x{number}"\n    tag "x{number}"\n'
        for number in range(300)
    )
    head = 'contact\n  score number\ncampaign "X"\n  start when tagged "a"\n'
    loaded = workspace.load_text(head + given_tags + asked)
    workspace.lint(loaded)
    assert loaded.findings.found == []
    deep = "".join("  " * level + f'if tagged "t{level}"\n' for level in range(1, 40))
    loaded = workspace.load_text(head + deep + "  " * 40 + 'tag "z"\n')
    workspace.lint(loaded)
    assert {one.diagnostic.name for one in loaded.findings.found} == {"too-deep"}


def test_a_goal_as_the_last_line_is_no_step_more() -> None:
    loaded = workspace.load_text(
        'contact\n  score  number\n\ncampaign "A"\n  start when tagged "a"\n'
        '  if score > 5\n    tag "b"\n  if score > 5\n    tag "c"\n'
        '  goal "G" when tagged "customer"\n'
    )
    workspace.lint(loaded)
    assert [one.message for one in loaded.findings.found] == []
