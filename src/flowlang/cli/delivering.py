"""How `flow run` lets letters go: by which way, with which settings, and what it tells of them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from flowlang import speech
from flowlang.cli import paths, terminal
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

SHOWN = 20


def outbox(workspace: Workspace) -> Path:
    """The folder that letters are written to where nothing else is said."""
    return Path(os.path.normpath(workspace.root / ".flow" / "outbox"))


def refusals(settings: Settings) -> list[str]:
    """Why letters cannot go as `flow.toml` and the environment say; most often nothing."""
    from flowlang.delivery.settings import BadSetting, with_environment

    try:
        # A folder refuses nothing, and what other ways need is slow to load.
        if with_environment(settings.delivery, os.environ).kind != "outbox":
            _opened(settings, Path(), lambda: datetime.now(UTC))
    except BadSetting as bad:
        return [speech.why(bad)]
    return []


def opened(
    workspace: Workspace, program: Program, clock: Callable[[], datetime]
) -> tuple[Delivery, DeliverySettings]:
    """The way out of a workspace.  Raises ClickException where messages would have none."""
    from flowlang.delivery.settings import BadSetting

    try:
        delivery, settings = _opened(workspace.settings, outbox(workspace), clock)
    except BadSetting as bad:
        raise click.ClickException(speech.why(bad)) from None
    by_channel: dict[str, list[str]] = {}
    for message in program.messages.values():
        by_channel.setdefault(message.channel, []).append(f'"{message.name}"')
    for channel, names in by_channel.items():
        if not delivery.carries(channel):
            hint = (
                'url = "https://…" under [delivery]'
                if channel == "email"
                else f'webhook = "https://…" under [channels.{channel}]'
            )
            raise click.ClickException(
                tr(
                    "{message} goes by {channel}, for which flow.toml names no way out: {hint}",
                    message=names[0],
                    channel=channel,
                    hint=hint,
                )
            )
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
        lines.append(f"... and {len(delivered.failed) - SHOWN:,} more; `flow inbox` shows them")
    return lines + [
        f"{place} takes nothing now: {why}; what waits is tried again"
        for place, why in delivered.down.items()
    ]


def told(delivered: Delivered, folder: Path) -> dict[str, str]:
    """What became of the letters, in words by headline; empty ones are not worth a line."""
    places = Counter(
        {
            str(paths.nearby(folder)) if place == str(folder) else place: count
            for place, count in delivered.places.items()
        }
    )
    retried = sum(delivered.retried.values())
    why = max(delivered.retried, key=lambda one: delivered.retried[one], default="")
    unknown = delivered.unknown
    return {
        "delivered": ", ".join(f"{count:,} to {place}" for place, count in sorted(places.items())),
        "bounced": f"{delivered.bounced:,}: nobody is there, and nothing more goes there"
        if delivered.bounced
        else "",
        "delayed": f"{retried:,} are tried again later" + (f" ({why})" if why else "")
        if retried
        else "",
        "rate": f"{len(delivered.rated):,} wait for their turn" if delivered.rated else "",
        "unknown": f"{unknown:,} may have gone out or not" if unknown else "",
    }
