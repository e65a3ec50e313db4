"""Where the runs of a contact stand, as the rows by which a store counts and finds them."""

from __future__ import annotations

from flowlang.contact import Contact, Run
from flowlang.engine.releasing import at_send
from flowlang.engine.state import Aside, is_stranded
from flowlang.program.program import Program
from flowlang.stores.rows import RunRow


def run_rows(program: Program, contact: Contact, aside: Aside) -> set[RunRow]:
    """One row a run; a run that the program cannot use stands where it stood."""
    found = {_put_aside(contact.id, run) for run in aside.runs.values()}
    for key, run in contact.runs.items():
        lost = aside.stranded.get(key)
        if lost is not None and is_stranded(program.campaign_of(run), run):
            found.add(_put_aside(contact.id, lost))
        else:
            found.add(_run_row(program, contact.id, run))
    return found


def _run_row(program: Program, contact: str, run: Run) -> RunRow:
    began = run.began if run.under_way else 0
    status = "held" if run.held else run.status
    return RunRow(
        contact, run.campaign, run.key, status, run.step, run.version, at_send(program, run), began
    )


def _put_aside(contact: str, run: Run) -> RunRow:
    return RunRow(contact, run.campaign, run.key, run.status, run.step, run.version, "", run.began)
