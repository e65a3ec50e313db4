"""What is wrong with a row of outside data, and the one line that tells it."""

from __future__ import annotations

from typing import Literal

from flowlang.dataclass import dataclass


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

    def render(self, name: str) -> str:
        """The problem as one line of a report on the file `name`; it never breaks the line."""
        place = name
        if self.line:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        parts = [place]
        if self.severity == "warning":
            parts.append("warning")
        if self.column_name:
            parts.append(shown(self.column_name))
        parts.append(self.message + (" (row left out)" if self.left_out else ""))
        return printable(": ".join(parts))


def printable(text: str) -> str:
    """Text without what could break a line or steer a terminal: each such character is `?`."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def shown(text: str, longest: int = 60) -> str:
    """Outside text as part of a message: printable and not long."""
    text = printable(text)
    return text if len(text) <= longest else text[: longest - 3] + "..."
