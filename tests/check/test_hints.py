"""How a condition is told to be put right that is no condition."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowlang import workspace

CAMPAIGN = """\
contact
  country text

group "a"
group "b"

campaign "K"
  start when {condition}
  tag "x"
"""


@pytest.mark.parametrize(
    ("condition", "right"),
    [
        ('tagged "a" or "b"', 'tagged "b"'),
        ('in group "a" or "b"', 'in group "b"'),
        ('country = "DE" or "AT"', 'country in ("DE", "AT")'),
    ],
)
def test_a_text_after_or_belongs_to_the_condition_before_it(
    condition: str, right: str, tmp_path: Path
) -> None:
    (tmp_path / "a.flow").write_text(CAMPAIGN.format(condition=condition), encoding="utf-8")
    opened = workspace.load(tmp_path)
    (finding,) = [one for one in opened.findings.found if one.diagnostic.code == "FL203"]
    assert f"`{right}`" in finding.hint
