"""What an old workspace is forgiven: findings that were there when the rules came.

`flow-baseline.json` beside flow.toml names them by rule, declaration and step, not by line, so it
holds while other lines come and go.  What is found beyond it is shown.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from flowlang.source import Finding
from flowlang.syntax.parser import Parsed
from flowlang.syntax.tree import Node, children

NAME = "flow-baseline.json"


class BadBaseline(ValueError):
    """The file cannot be read; the message says why, for a person."""


class Place(NamedTuple):
    """Where a finding belongs, whatever its line."""

    rule: str
    inside: str
    """The declaration: `campaign "Webinar"`."""
    step: str
    """The statements that lead there, each in the one before, with ` / ` between."""


def read(path: Path) -> Counter[Place]:
    """What a baseline forgives, nothing where there is no such file.  Raises BadBaseline."""
    try:
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        return Counter()
    except OSError as error:
        raise BadBaseline(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise BadBaseline(f"{path}: this is no JSON; {_ANEW}") from None
    version = data.get("version") if isinstance(data, dict) else None
    if version != _VERSION or not isinstance(data.get("forgiven"), list):
        raise BadBaseline(f"{path}: this is no baseline of version {_VERSION}; {_ANEW}")
    forgiven: Counter[Place] = Counter()
    for number, entry in enumerate(data["forgiven"], 1):
        place, times = _entry(entry)
        if place is None:
            raise BadBaseline(f"{path}: entry {number} is not one; {_ANEW}")
        forgiven[place] += times
    return forgiven


_VERSION = 1
_ANEW = "`flow check --write-baseline` makes it anew"


def _entry(entry: object) -> tuple[Place | None, int]:
    if not isinstance(entry, dict) or set(entry) != {*Place._fields, "times"}:
        return None, 0
    texts = [entry[name] for name in Place._fields]
    times = entry["times"]
    if not all(isinstance(text, str) for text in texts) or not isinstance(times, int) or times < 1:
        return None, 0
    return Place(*texts), times


def written(places: Iterable[Place]) -> str:
    """The text of a baseline that forgives these findings."""
    entries = [
        {**place._asdict(), "times": times} for place, times in sorted(Counter(places).items())
    ]
    return (
        json.dumps({"version": _VERSION, "forgiven": entries}, ensure_ascii=False, indent=1) + "\n"
    )


def place_of(finding: Finding, files: Iterable[Parsed]) -> Place:
    """Where a finding belongs."""
    home = finding.home or finding.span
    parsed = next((one for one in files if one.source is home.source), None)
    steps = [] if parsed is None else list(_around(parsed.tree, home.start))
    if not steps:
        return Place(finding.diagnostic.name, "", home.words)
    return Place(finding.diagnostic.name, steps[0], " / ".join(steps[1:]))


def _around(top: Node, at: int) -> Iterator[str]:
    """The statements that a place stands in, from the declaration inwards."""
    node: Node | None = top
    while node is not None:
        beside = Counter[str]()
        inner = None
        for child in children(node):
            text = _first_line(child)
            beside[text] += 1
            if child.span.start <= at < child.span.end:
                inner = child
                break
        if inner is not None and _begins_a_line(inner):
            yield text if beside[text] == 1 else f"{text} ({beside[text]})"
        node = inner


def _first_line(node: Node) -> str:
    return " ".join(node.span.first_line.split())


def _begins_a_line(node: Node) -> bool:
    text = node.span.source.text
    return not text[text.rfind("\n", 0, node.span.start) + 1 : node.span.start].strip()
