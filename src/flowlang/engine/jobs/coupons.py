"""`refill coupons "L" from "F"`"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlang.engine import kept
from flowlang.engine.files import FileFailure
from flowlang.engine.jobs.job import Job, JobFailed, Outcome
from flowlang.speech import why

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects


class RefillCoupons(Job):
    """Codes from a file; those that are known already are left out."""

    process_type = "import coupons"
    asks = False

    def about(self) -> str:
        return str(self.details["list"])

    def finish(self, do: RunEffects) -> Outcome:
        try:
            found = self.files.codes(self.path)
        except FileFailure as failure:
            raise JobFailed(why(failure)) from None
        if found.problems and not found.codes:
            raise JobFailed(self.nothing_in(found.read, found.problems))
        new = self.world.pool(self.about()).add(found.codes)
        process = self.process
        process.audience, process.done = found.read, new
        process.skipped.update(found.skipped(new))
        process.end("finished", do.now, self.report(found.problems))
        codes = kept.number_of("new code", new)
        do.note("refilled", f'{codes} into "{self.about()}" from {self.shown_path}')
        return "done"
