"""How `flow run` lets letters go: by which way, and with which settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang import speech
from flowlang.cli import terminal
from flowlang.speech import tr

if TYPE_CHECKING:
    from flowlang.config import Settings
    from flowlang.delivery.delivery import Delivery
    from flowlang.delivery.settings import DeliverySettings
    from flowlang.engine.delivered import Delivered
    from flowlang.engine.handover import Handover
    from flowlang.program.program import Program
    from flowlang.stores.store import Store
    from flowlang.workspace import Workspace


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


def opened(
    workspace: Workspace, program: Program, clock: Callable[[], datetime]
) -> tuple[Delivery, DeliverySettings]:
    """The way out of a workspace.  Raises ClickException where messages would have none."""
    from flowlang.delivery.settings import BadSetting

    try:
        delivery, settings = _opened(workspace.settings, outbox(workspace), clock)
    except BadSetting as bad:
        raise click.ClickException(speech.why(bad)) from None
    channels = program.channels
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


def are_late(store: Store, now: datetime) -> bool:
    """Whether some of the letters that may not go yet wait for anything but their turn."""
    from flowlang.engine.outages import waiting

    return any(not one.rated for one in waiting(store, now))
