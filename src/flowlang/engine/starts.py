"""Why a campaign has not started for a contact."""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.contact import Contact
from flowlang.engine.answers import Answer, Need, Scene
from flowlang.engine.tracing import Stated
from flowlang.program.program import Campaign, Start


def not_started(scene: Scene, contact: Contact, campaign: Campaign) -> Answer:
    """What the start of a campaign lacks, or what kept it from starting."""
    name = campaign.name
    noted = [
        one
        for one in scene.trace.of(contact.id)
        if one.entry.campaign == name and one.entry.what in ("too early", "start ignored")
    ]
    if noted:
        return Answer(f'"{name}" was not started', noted[-1])
    if campaign.group_send:
        return Answer(
            f'the automation "{campaign.group_send}" has not sent it to {contact.id}:'
            " it has not run since, or its audience did not include this contact"
        )
    if not campaign.starts:
        return Answer(f'"{name}" has not started: another campaign starts it')
    lacking = tuple(_lacking(scene, contact, campaign))
    if any(one.now is not None and one.now.holds and one.wanted == "no" for one in lacking):
        text = f'"{name}" has not started: while this holds, nothing starts'
    elif any(one.now is not None and one.now.holds for one in lacking):
        text = (
            f'"{name}" has not started: its start holds now, but nothing has happened to'
            f" {contact.id} since"
        )
    else:
        text = f'"{name}" has not started'
    return Answer(text, conditions=lacking)


def _lacking(scene: Scene, contact: Contact, campaign: Campaign) -> Iterator[Need]:
    """The starts of a campaign and how they are now; first the stops that hold."""
    outline = scene.trace.outline
    for stated in outline.of_campaign(campaign.name, "stop", "restart"):
        if not stated.event:
            now = scene.now(stated, contact)
            if now.holds:
                yield Need(stated.statement, "no", now)
                return
    begins = outline.of_campaign(campaign.name, "start")
    for start in campaign.starts:
        known = next((one for one in begins if start.text.startswith(one.statement)), None)
        if start.condition is not None and known is not None:
            yield Need(known.statement, "yes", scene.now(known, contact))
        else:
            yield _event_start(scene, start, known, contact)


def _event_start(scene: Scene, start: Start, stated: Stated | None, contact: Contact) -> Need:
    """A start by an event, or by the change of a field: whether it ever came."""
    if start.event is None:
        return Need(start.text, f"{start.field} has not changed")
    count = len(contact.events.get(start.event.event, ()))
    if not count:
        return Need(start.text, f"{start.event.event} has not happened")
    asked = scene.trace.last(contact.id, stated) if stated is not None else None
    return Need(
        start.text,
        f"{start.event.event} happened {count} times" if count > 1 else
        f"{start.event.event} happened once",
        asked.explained if asked is not None else None,
    )  # fmt: skip
