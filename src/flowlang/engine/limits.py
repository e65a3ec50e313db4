"""When a message may go out: the windows and the caps of the policies that hold for a send."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from flowlang import calendar
from flowlang.check.names import Cap, Message, Policy
from flowlang.effects import Terms
from flowlang.engine.shared_caps import name_of
from flowlang.engine.world import World

if TYPE_CHECKING:
    from flowlang.engine.run_effects import RunEffects

RETRY = timedelta(minutes=1)
"""When a cap frees at a moment that turns out not to be free after all."""
_FREE = datetime.min.replace(tzinfo=UTC)
"""There is room under the cap now."""


class Limits:
    """The windows and caps of a world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def opening(
        self, do: RunEffects, message: Message, policies: Sequence[Policy]
    ) -> datetime | None:
        """When the windows of all policies are open at once, at or after now; None for never."""
        moment = do.now
        marketing = message.kind == "marketing"
        for _ in range(200):
            opening = moment
            for policy in policies:
                zone = policy.zone or do.zone
                for window in policy.windows:
                    if window.otherwise == "wait" and (marketing or not window.marketing_only):
                        following = window.window.next_opening(opening, zone)
                        if following is None:
                            return None
                        opening = following
            if opening == moment:
                return moment
            moment = opening
        return None

    def outside(self, do: RunEffects, message: Message, policies: Sequence[Policy]) -> bool:
        """Outside of a window that skips."""
        marketing = message.kind == "marketing"
        return any(
            not window.window.contains(do.now, policy.zone or do.zone)
            for policy in policies
            for window in policy.windows
            if window.otherwise == "skip" and (marketing or not window.marketing_only)
        )

    def capped(
        self, do: RunEffects, message: Message, policies: Sequence[Policy]
    ) -> tuple[str, datetime | None] | None:
        """What a cap says: ("skip", None) or ("wait", when it frees); None if none is full."""
        marketing = message.kind == "marketing"
        waits: list[datetime | None] = []
        for policy in policies:
            for cap in policy.caps:
                if cap.marketing_only and not marketing:
                    continue
                frees = self._frees(do, policy, cap)
                if frees is _FREE:
                    continue
                if cap.otherwise == "skip":
                    return "skip", None
                waits.append(frees)
        if not waits:
            return None
        if None in waits:
            return "wait", None
        return "wait", max(moment for moment in waits if moment is not None)

    def counted(self, do: RunEffects, policy: Policy, cap: Cap) -> list[datetime]:
        """When the sends went out that a cap counts now."""
        zone = policy.zone or do.zone
        since = calendar.add(do.now, cap.per, zone, -1)
        if cap.in_all:
            times = list(self.world.recent.get(name_of(policy.name, cap), ()))
        else:
            times = [
                sent.at
                for sent in do.contact.messages
                if (not cap.marketing_only or sent.kind == "marketing")
                and (not cap.of_this_policy or policy.name in sent.policies)
            ]
        if cap.per.months:
            # A month ago and a month from then are not the same day everywhere.
            return [moment for moment in times if calendar.add(moment, cap.per, zone) > do.now]
        return [moment for moment in times if moment > since]

    def _frees(self, do: RunEffects, policy: Policy, cap: Cap) -> datetime | None:
        """When there is room under a cap; `_FREE` where there is now, None where there never is."""
        counted, zone = self.counted(do, policy, cap), policy.zone or do.zone
        if len(counted) < cap.amount:
            return _FREE
        if cap.amount == 0:
            return None
        frees = calendar.add(counted[len(counted) - cap.amount], cap.per, zone)
        return frees if frees > do.now else do.now + RETRY


def policies_for(do: RunEffects, terms: Terms) -> Sequence[Policy]:
    """The policies that hold for a send: those of its campaign, and its own."""
    policies = do.campaign.policies
    if not terms.policies:
        return policies
    return [*policies, *(one for one in terms.policies if one not in policies)]
