"""`status`"""

from __future__ import annotations

from flowlang.repl.session import Session
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, padded, row
from flowlang.repl.word import Word
from flowlang.reports.text import columns


class Status(Word):
    """Shows for every contact where it stands in which campaign."""

    names = (("en", "status"), ("de", "status"))
    usage = ("status",)
    topic = "looking"

    def do(self, session: Session, rest: str) -> Told:
        teller, now = Teller(session.program), session.now
        cells: list[tuple[str, str, str, str]] = []
        for contact in session.stage.play.timeline.contacts.values():
            name = contact.id
            if contact.deleted:
                cells.append((name, "deleted", "", ""))
            for run in contact.runs.values():
                campaign = f'"{run.campaign}"' + (f" round {run.round}" if run.round > 1 else "")
                cells.append((name, campaign, teller.standing(run, now), teller.step(run)))
                name = ""
            if not contact.deleted and not contact.runs:
                cells.append((name, "in no campaign yet", "", ""))
        widths = [max((columns(one[place]) for one in cells), default=0) for place in range(3)]
        return [
            row(
                "  ", ("strong", padded(name, widths[0])), "  ", padded(campaign, widths[1]),
                "  ", padded(standing, widths[2]), "  ", ("dim", step), hang=widths[0] + 4,
            )
            for name, campaign, standing, step in cells
        ]  # fmt: skip


WORD = Status()
