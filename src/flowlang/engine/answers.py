"""What someone who asks why is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flowlang.check.explain import Explained
from flowlang.check.view import View
from flowlang.contact import Contact, resolve_zone
from flowlang.engine.play import Play
from flowlang.engine.tracing import Decision, Stated, Trace
from flowlang.program.program import Campaign


@dataclass(frozen=True, slots=True)
class Need:
    """A fork that is still to be passed on the way to a send."""

    statement: str
    wanted: str
    """Which way leads there: `yes`, `no`, the name of a branch."""
    now: Explained | None = None
    """How its condition is now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One reason why something did not happen, in one campaign."""

    text: str
    """In one sentence."""
    decision: Decision | None = None
    """Where it was decided."""
    wanted: str = ""
    """What would have had to come of that decision."""
    before: Decision | None = None
    """What that decision speaks of: the wait that timed out, the send that was skipped."""
    needs: tuple[Need, ...] = ()
    conditions: tuple[Need, ...] = ()
    """What lacks now for it to begin."""
    again: str = ""
    """Why it does not happen once more, where it has happened."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A play with its trace, and what comes of it where nothing else happens."""

    play: Play
    trace: Trace
    forecast: Callable[[], Scene] | None = None

    def view(self, contact: Contact, campaign: Campaign | None = None) -> View:
        """A contact as it is now."""
        default = self.play.program.config.timezone
        zone = (campaign and campaign.zone) or resolve_zone(contact, default)
        return View(contact, self.play.now, zone, self.play.timeline.interpreter)

    def now(self, stated: Stated, contact: Contact) -> Explained:
        """How a condition of a campaign is now, in the contact's last run there."""
        campaign = self.play.program.by_name[stated.campaign]
        view = self.view(contact, campaign)
        runs = [run for run in contact.runs.values() if run.campaign == campaign.name]
        if runs:
            view = View(contact, view.now, view.zone, view.world, runs[-1])
        return self.trace.now(stated, view)
