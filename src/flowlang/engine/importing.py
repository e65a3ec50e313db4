"""What an automation imports where all contacts are at hand: the rows of a file, as arrivals.

Over a store they go the way of every import (`admission`).  Here they come to the same: a row is
found by its id, else by its e-mail address, and one that says what the last import said starts
nobody.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

from flowlang.contact import Contact, usable_address
from flowlang.engine.admission import (
    as_text,
    contact_data,
    import_finished,
    merged_away,
    several_have_it,
)
from flowlang.engine.processes import Identity
from flowlang.intake.contacts import ContactRows
from flowlang.intake.problem import Problem
from flowlang.program.program import Program

Coming = tuple[str | None, str, dict[str, Any]]
"""An arrival of this instant: whose, of what type, its data."""


class Imports:
    """The arrivals that imports make, in order, until the timeline takes them."""

    def __init__(self, program: Program) -> None:
        self.coming: deque[Coming] = deque()
        self._said: dict[str, str] = {}
        """By contact, what an import said of it last; kept where automations import."""
        self.wanted = any(
            getattr(one, "what", "") == "import contacts"
            for automation in program.automations
            for one in automation.instructions
        )
        """Some automation imports."""

    def remember(self, contact_id: str, data: dict[str, Any]) -> None:
        """What an import said of a contact."""
        if self.wanted:
            self._said[contact_id] = as_text(data)

    def take(
        self, found: ContactRows, source: str, process: Identity, contacts: Iterable[Contact]
    ) -> list[Problem]:
        """Let the contacts of a file come, and behind them that the import is finished; gives why
        rows were left out after all.
        """
        ids: dict[str, list[str]] = {}
        deleted: dict[str, str] = {}
        for contact in contacts:
            if contact.deleted:
                deleted[contact.id] = contact.merged_into
                continue
            email = usable_address(contact.fields.get("email"))[0].lower()
            ids.setdefault(email, []).append(contact.id)
        problems = []
        for row in found.rows:
            others = [] if row.id else ids.get(row.email, [])
            contact_id, data = row.id or (others[0] if others else row.key()), contact_data(row)
            if len(others) > 1:
                problems.append(several_have_it(row, len(others)))
            elif into := deleted.get(contact_id):
                problems.append(merged_away(row, contact_id, into))
            elif contact_id in deleted or self._said.get(contact_id) != as_text(data):
                self.coming.append((contact_id, "contact", data))
        finished = import_finished(source, found, len(problems), process)
        self.coming.append((None, "import finished", finished))
        return problems
