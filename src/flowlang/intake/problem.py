"""What is wrong with a row of outside data, and the one line that tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flowlang.speech import Text, joined, tr


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing a person should know about a file that was read.

    `line` counts from 1 and is 0 where the whole file is meant; `column` counts the cells of a
    row from 1 and is None where the row as a whole is meant or the data has no columns.
    """

    severity: Literal["error", "warning"]
    line: int
    column: int | None
    column_name: str
    message: str
    left_out: bool = False
    """True where the row was not taken because of this."""

    def data(self) -> dict[str, Any]:
        """The problem as JSON, in English."""
        return {
            "severity": self.severity, "line": self.line, "column": self.column,
            "name": shown(self.column_name), "message": printable(self.message),
            "left_out": self.left_out,
        }  # fmt: skip

    def told(self, name: str) -> Text:
        """The problem as a line of a report on the file `name`, in any language."""
        place = name
        if self.line:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        parts = [place]
        if self.severity == "warning":
            parts.append(tr("warning"))
        if self.column_name:
            parts.append(shown(self.column_name))
        if self.left_out:
            parts.append(tr("{why} (row left out)", why=self.message))
        else:
            parts.append(self.message)
        return joined(parts, ": ")

    def render(self, name: str) -> str:
        """The same in English; it never breaks the line."""
        return printable(self.told(name))


def printable(text: str) -> str:
    """Text without what could break a line or steer a terminal: each such character is `?`."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shown(text: str, longest: int = 60) -> str:
    """Outside text as part of a message: printable and not long."""
    text = printable(text)
    return text if len(text) <= longest else text[: longest - 3] + "..."
