"""The three large examples, by their own README: its commands run, and tell what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.forking import forks
from tests.examples.console import TOP, Shell

NAMES = ("coupon-sale", "shop-automation", "webinar-series")
SEED_ROWS = {"coupon-sale": ("S1", 8), "webinar-series": ("S2", 11), "shop-automation": ("S4", 13)}
CHECKED = "trap '[ $? -le 1 ] || exit 3' ERR\n"
"""A command may find something (1); a wrong call (2) ends the script."""


def script(name: str) -> str:
    """The commands of a README, as one script."""
    text = (TOP / "examples" / name / "README.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the commands of each README print, run in a copy of the examples."""
    shell = Shell(tmp_path_factory.mktemp("series"), forks().program())
    return {
        name: shell.run(f"{CHECKED}cd examples/{name}\n{script(name)}\necho all of it was run")
        for name in NAMES
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_command_runs(name: str, printed: dict[str, str]) -> None:
    assert "internal error" not in printed[name]
    assert printed[name].rstrip().endswith("all of it was run")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        # codes run out, resume is refused with the number missing, then taken (S1.6 to S1.8)
        ("coupon-sale", "25 of 42"),
        ("coupon-sale", '15 wait: the coupon list "anniversary" is empty'),
        ("coupon-sale", 'refused: missing 15 codes in "anniversary"'),
        ("coupon-sale", '"Your codes": 15 go on as soon as `flow run` applies it'),
        ("coupon-sale", "<stdin>:56: missing 9 codes"),
        # what a support person reads of a restart (S2.7, S2.11)
        ("webinar-series", '"Webinar"  zu früh (tag "webinar", nach dem Neustart müssen 5 Minuten'),
        ("webinar-series", "wartet auf Neustart (neustart bei webinar_abgesagt"),
        ("webinar-series", '"Webinar"  Runde 2 gestartet'),
        # K in S is refused with the reason (S4.8)
        ("shop-automation", '`tag "new"` acts on one contact (K)'),
        ("shop-automation", "robinson.txt: 2 addresses read, 2 taken"),
    ],
)
def test_the_story_is_told(name: str, told: str, printed: dict[str, str]) -> None:
    assert told in printed[name]


@pytest.mark.parametrize("name", NAMES)
def test_every_row_that_was_asked_for_has_a_test(name: str) -> None:
    prefix, last = SEED_ROWS[name]
    texts = [file.read_text("utf-8") for file in Path(TOP / "examples" / name).rglob("*.flow")]
    shown = set(re.findall(rf'^test "({prefix}\.\d+) ', "\n".join(texts), re.MULTILINE))
    assert shown == {f"{prefix}.{row}" for row in range(1, last + 1)}
