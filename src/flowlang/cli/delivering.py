"""How `flow run` lets letters go: by which way, with which settings, and what it tells of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang import speech
from flowlang.cli import paths, terminal
from flowlang.speech import joined, tr

if TYPE_CHECKING:
    from flowlang.config import Settings
    from flowlang.delivery.delivery import Delivery
    from flowlang.delivery.settings import DeliverySettings
    from flowlang.engine.delivered import Delivered
    from flowlang.engine.handover import Handover
    from flowlang.program.program import Program
    from flowlang.stores.store import Store
    from flowlang.workspace import Workspace

SHOWN = 20


def outbox(workspace: Workspace) -> Path:
    """The folder that letters are written to where nothing else is said."""
    return Path(os.path.normpath(workspace.root / ".flow" / "outbox"))


def refusals(settings: Settings, channels: Mapping[str, str]) -> list[str]:
    """Why letters cannot go as `flow.toml` and the environment say; most often nothing.

    `channels` are those that messages go by, each with the name of one that does.
    """
    from flowlang.delivery.settings import BadSetting, with_environment

    try:
        # A folder refuses nothing, and what other ways need is slow to load.
        if with_environment(settings.delivery, os.environ).kind == "outbox":
            return []
        delivery, _ = _opened(settings, Path(), lambda: datetime.now(UTC))
    except BadSetting as bad:
        return [speech.why(bad)]
    return _without_way_out(delivery, channels)


def _without_way_out(delivery: Delivery, channels: Mapping[str, str]) -> list[str]:
    return [
        tr(
            "{message} goes by {channel}, for which flow.toml names no way out: {hint}",
            message=f'"{message}"',
            channel=channel,
            hint='url = "https://…" under [delivery]'
            if channel == "email"
            else f'webhook = "https://…" under [channels.{channel}]',
        )
        for channel, message in channels.items()
        if not delivery.carries(channel)
    ]


def channels_of(program: Program) -> dict[str, str]:
    """The channels that messages go by, each with the name of the first that does."""
    found: dict[str, str] = {}
    for one in program.messages.values():
        found.setdefault(one.channel, one.name)
    return found


def opened(
    workspace: Workspace, program: Program, clock: Callable[[], datetime]
) -> tuple[Delivery, DeliverySettings]:
    """The way out of a workspace.  Raises ClickException where messages would have none."""
    from flowlang.delivery.settings import BadSetting

    try:
        delivery, settings = _opened(workspace.settings, outbox(workspace), clock)
    except BadSetting as bad:
        raise click.ClickException(speech.why(bad)) from None
    channels = channels_of(program)
    for wrong in _without_way_out(delivery, channels):
        raise click.ClickException(wrong)
    for channel in channels:
        webhook = workspace.settings.channels.get(channel, {}).get("webhook")
        if webhook and settings.kind == "outbox":
            terminal.talk(
                tr(
                    'the webhook of "{channel}" is not called: [delivery] kind = "outbox" keeps '
                    "everything on this machine",
                    channel=channel,
                )
            )
    return delivery, settings


def _opened(
    settings: Settings, folder: Path, clock: Callable[[], datetime]
) -> tuple[Delivery, DeliverySettings]:
    """Raises BadSetting."""
    from flowlang.delivery.routes import open_routes
    from flowlang.delivery.settings import Setup, with_environment

    found = with_environment(settings.delivery, os.environ)
    webhooks = {
        name: one["webhook"] for name, one in settings.channels.items() if one.get("webhook")
    }
    return open_routes(Setup(found, folder, clock), webhooks), found


def handover(
    store: Store,
    delivery: Delivery,
    settings: DeliverySettings,
    clock: Callable[[], datetime],
    language: str,
) -> Handover:
    """What hands letters over as the settings say."""
    from flowlang.engine.handover import Handover

    return Handover(
        store,
        delivery,
        clock,
        duplicates=settings.duplicates,
        give_up_after=settings.give_up_after,
        # What stays on this machine need not wait.
        rate=settings.rate_per_domain if settings.kind != "outbox" else None,
        language=language,
    )


def needs_a_person(delivered: Delivered) -> bool:
    """Whether something did not go out that should have."""
    return bool(delivered.failed or delivered.bounced or delivered.down)


def alarms(delivered: Delivered) -> list[str]:
    """What asks for attention, in lines."""
    lines = delivered.failed[:SHOWN]
    if len(delivered.failed) > SHOWN:
        more = len(delivered.failed) - SHOWN
        lines.append(tr("... and {count:,} more; `flow inbox` shows them", count=more))
    return lines + [
        tr("{place} takes nothing now: {why}; what waits is tried again", place=place, why=why)
        for place, why in delivered.down.items()
    ]


def told(delivered: Delivered, folder: Path, queued: int) -> list[tuple[str, str]]:
    """What became of the letters, in words by headline; empty ones are not worth a line.

    `queued`: so many wait now, those that were tried among them.
    """
    places = Counter(
        {
            str(paths.nearby(folder)) if place == str(folder) else place: count
            for place, count in delivered.places.items()
        }
    )
    retried = sum(delivered.retried.values())
    why = max(delivered.retried, key=lambda one: delivered.retried[one], default="")
    arrived = (
        tr("{count:,} to {place}", count=count, place=place)
        for place, count in sorted(places.items())
    )
    later = tr("{count:,} are tried again later", count=retried)
    if why:
        from flowlang.engine import retelling  # what checks a workspace reads this file as well

        later = tr("{told} ({why})", told=later, why=retelling.letter(why, terminal.spoken()))
    nobody = tr("{count:,}: nobody is there, and nothing more goes there", count=delivered.bounced)
    unsure = tr("{count:,} may have gone out or not", count=delivered.unknown)
    others = queued - retried - len(delivered.rated)
    turn = tr("{count:,} wait for their turn", count=len(delivered.rated))
    return [
        (tr("delivered"), joined(arrived)),
        (tr("bounced"), nobody if delivered.bounced else ""),
        (tr("delayed"), later if retried else ""),
        (tr("rate"), turn if delivered.rated else ""),
        (tr("queued"), tr("{count:,} wait to go out", count=others) if others > 0 else ""),
        (tr("unknown"), unsure if delivered.unknown else ""),
    ]
