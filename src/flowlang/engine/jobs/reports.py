"""`export report "R" to "F"`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.engine.files import FileFailure
from flowlang.engine.jobs.job import Job, JobFailed, Outcome
from flowlang.speech import why

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class ExportReport(Job):
    """A report as it stands when its turn comes."""

    process_type = "export report"
    asks = False

    def about(self) -> str:
        return str(self.details["report"])

    def finish(self, do: RunEffects) -> Outcome:
        try:
            self.files.write_report(self.path, self.about())
        except FileFailure as failure:
            raise JobFailed(why(failure)) from None
        self.process.done = 1
        self.process.end("finished", do.now)
        do.note("exported", f'report "{self.about()}" to {self.shown_path}')
        return "done"
