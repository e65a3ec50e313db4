"""What became of a file that was handed in: for people in lines, for programs in JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flowlang.cli import terminal

if TYPE_CHECKING:
    from flowlang.intake.problem import Problem

_ALL = "--output-format json"


def tell(name: str, problems: Iterable[Problem]) -> None:
    """The first of what is wrong with a file, for a person."""
    terminal.talk_first([one.told(name) for one in problems], all_at=_ALL)


def write(name: str, counts: dict[str, Any], problems: Iterable[Problem]) -> None:
    """All of what became of a file, as one object for the next program."""
    found = {"file": name, **counts, "problems": [one.data() for one in problems]}
    terminal.write(json.dumps(found, ensure_ascii=False, indent=2) + "\n")
