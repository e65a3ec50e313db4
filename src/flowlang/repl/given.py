"""A contact of a file as the lines below `given contact`, in English."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from flowlang.intake.contact_row import ContactRow
from flowlang.repl.outcome import written
from flowlang.repl.script import quoted
from flowlang.speech import tr


@dataclass(slots=True)
class Given:
    """The lines, and what they cannot say."""

    lines: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Each with its kind, for many contacts are alike."""

    def note(self, whose: str, text: str) -> None:
        self.notes.append((text, tr("{whose}: {text}", whose=whose, text=text)))

    @property
    def text(self) -> str:
        return "\n".join(f"  {line}" for line in self.lines)


def given(row: ContactRow, zone: ZoneInfo, groups: Collection[str]) -> Given:
    """The lines that give a contact what its row says."""
    found = Given()
    name = row.key()
    for key, value in row.fields.items():
        _value(found, name, key, value, zone)
    if row.fields.get("email") is None:
        found.note(name, tr("it has no e-mail address; in a test it has one of its name"))
    found.lines += [f"tag {quoted(tag)}" for tag in row.tags]
    for group in row.groups:
        if group in groups:
            found.lines.append(f"group {quoted(group)}")
        else:
            left = tr('no file declares the group "{group}", so it is left out', group=group)
            found.note(name, left)
    for channel, yes in row.consent.items():
        if yes:
            found.lines.append(f"marketing by {channel}")
        else:
            found.note(name, tr("its refusal of {channel} counts as never said", channel=channel))
    if row.blocked:
        found.lines.append("blocked")
    for record, several in row.records.items():
        for one in several:
            found.lines.append(record)
            _record(found, name, one, zone)
    return found


def _record(found: Given, name: str, one: dict[str, Any], zone: ZoneInfo) -> None:
    before = len(found.lines)
    for key, value in one.items():
        _value(found, name, key, value, zone, "  ")
    if len(found.lines) == before:
        found.lines.pop()


def _value(found: Given, whose: str, key: str, value: Any, zone: ZoneInfo, lead: str = "") -> None:
    if value is None:
        return
    text = written(value, zone)
    if text is None:
        found.note(whose, tr("`{key}` cannot be written in a test, so it is left out", key=key))
    else:
        found.lines.append(f"{lead}{key} {text}")
