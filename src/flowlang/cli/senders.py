"""What `flow run` needs to know of senders before anything may leave."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from flowlang.cli import storing, terminal
from flowlang.speech import some, tr

if TYPE_CHECKING:
    from flowlang.check.names import Message
    from flowlang.delivery.settings import DeliverySettings
    from flowlang.program.program import Program
    from flowlang.workspace import Workspace

STAND_IN = "flow@localhost"
"""Sends what stays on this machine, where nobody is named."""


def check(workspace: Workspace, program: Program, url: str | None) -> None:
    """What a run needs before anything may leave.  Raises ClickException."""
    settings = workspace.settings
    if missing := storing.refusals(settings, url, {}):
        raise click.ClickException(missing[0])
    mails = [one for one in program.messages.values() if one.channel == "email"]
    marketing = [f'"{one.name}"' for one in mails if one.kind == "marketing"]
    if marketing and not settings.unsubscribe_url:
        raise click.ClickException(
            tr(
                "marketing mail needs a way to unsubscribe ({messages}): write into flow.toml\n  "
                '[sender]\n  unsubscribe_url = "https://shop.example.com/unsubscribe"',
                messages=some(marketing, 3),
            )
        )
    if not settings.sender and (any(not one.sender for one in mails) or _tells(program)):
        program.config = replace(program.config, sender=STAND_IN)
        terminal.talk(
            tr(
                "warning: flow.toml names no sender ([sender] from); {address} stands in for it",
                address=STAND_IN,
            )
        )
    linking = [f'"{one.name}"' for one in program.messages.values() if _has_link(one)]
    if linking and not settings.unsubscribe_url:
        terminal.talk(
            tr(
                "warning: the links in {messages} lead nowhere: flow.toml names no address for"
                " them ([sender] unsubscribe_url)",
                messages=some(linking, 3),
            )
        )


def check_leaving(program: Program, settings: DeliverySettings) -> None:
    """Raises ClickException where mail would leave this machine without a sender."""
    if settings.kind != "outbox" and program.config.sender == STAND_IN:
        raise click.ClickException(
            tr('flow.toml names no sender, and mail goes out: [sender] from = "Shop <…>"')
        )


def _tells(program: Program) -> bool:
    """Whether it tells something to a person by mail."""
    from flowlang.steps.notify import Tell

    steps = (step for one in program.by_name.values() for step in one.instructions)
    return (
        any(one.report_to for one in program.campaigns)
        or any(one.report_to for one in program.automations)
        or any(isinstance(step, Tell) and step.who != "inbox" for step in steps)
    )


def _has_link(message: Message) -> bool:
    return any(
        word in text
        for template in message.ready.values()
        for text in (template.subject, template.body)
        for word in ("unsubscribe_link", "event_link")
    )
