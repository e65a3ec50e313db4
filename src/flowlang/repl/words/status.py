"""`status`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.repl.session import Session
from flowlang.repl.told import Told, padded, row
from flowlang.repl.word import Word
from flowlang.repl.words.as_ import there
from flowlang.reports.text import columns
from flowlang.speech import in_language, tr

MOST = 40
"""Contacts that are shown at once."""
_NOWHERE = tr("in no campaign yet")


class Status(Word):
    """Shows for every contact where it stands in which campaign; `status bob` for one."""

    names = (("en", "status"), ("de", "status"))
    usage = (
        "status",
        tr("status bob"),
    )
    topic = "looking"

    def do(self, session: Session, rest: str) -> Told:
        teller, now = session.teller(), session.now
        cells: list[tuple[str, str, str, str]] = []
        there_are = list(session.stage.play.timeline.contacts.values())
        if rest:
            there_are = [session.stage.play.contact(there(session, rest))]
        if not there_are:
            return [row("  ", tr("there is no contact yet"))]
        for contact in there_are[:MOST]:
            name = contact.id
            if contact.deleted:
                cells.append((name, in_language(tr("deleted"), session.language), "", ""))
            for run in contact.runs.values():
                campaign = teller.campaign(run.campaign)
                if run.round > 1:
                    said = tr("round {number}", number=run.round)
                    campaign += f" {in_language(said, session.language)}"
                cells.append((name, campaign, teller.standing(run, now), teller.step(run)))
                name = ""
            if not contact.deleted and not contact.runs:
                cells.append((name, in_language(_NOWHERE, session.language), "", ""))
        widths = [max((columns(one[place]) for one in cells), default=0) for place in range(3)]
        left = len(there_are) - MOST
        more = tr(
            "... and {count:,} more; `status {name}` shows one", count=left, name=there_are[-1].id
        )
        shown = [
            row(
                "  ", ("strong", padded(name, widths[0])), "  ", padded(campaign, widths[1]),
                "  ", padded(standing, widths[2]), "  ", ("dim", step), hang=widths[0] + 4,
            )
            for name, campaign, standing, step in cells
        ]  # fmt: skip
        return shown + ([row("  ", ("dim", more))] if left > 0 else [])

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return list(session.stage.contacts)


WORD = Status()
