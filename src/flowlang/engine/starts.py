"""Why a campaign has not started for a contact."""

from __future__ import annotations

from collections.abc import Iterator

from flowlang.check.meaning import Place
from flowlang.contact import Contact, Run
from flowlang.engine.answers import Answer, Need, Scene
from flowlang.engine.contact_effects import HAD_IT
from flowlang.engine.tracing import Stated
from flowlang.kinds import in_words
from flowlang.program.program import Campaign, Start
from flowlang.speech import tr, tr_n
from flowlang.steps.jobs import SendAll, ToGroup, ToSegment
from flowlang.syntax.expressions import Expression
from flowlang.syntax.facts import InGroup, InSegment
from flowlang.syntax.tree import walk


def not_started(scene: Scene, contact: Contact, campaign: Campaign) -> Answer:
    """What the start of a campaign lacks, or what kept it from starting."""
    name = campaign.name
    noted = [
        one
        for one in scene.trace.of(contact.id)
        if one.entry.campaign == name and one.entry.what in ("too early", "start ignored")
    ]
    if noted:
        return Answer(tr('"{campaign}" was not started', campaign=name), noted[-1])
    if campaign.group_send:
        return Answer(
            tr(
                'the automation "{automation}" has not sent it to {contact}: it has not run since,'
                " or its audience did not include this contact",
                automation=campaign.group_send,
                contact=contact.id,
            ),
            conditions=tuple(_in_audience(scene, contact, campaign)),
        )
    if not campaign.starts:
        return Answer(tr('"{campaign}" has not started: another campaign starts it', campaign=name))
    lacking = tuple(_lacking(scene, contact, campaign))
    if any(one.now is not None and one.now.holds and one.wanted == "no" for one in lacking):
        text = tr('"{campaign}" has not started: while this holds, nothing starts', campaign=name)
    elif any(one.now is not None and one.now.holds for one in lacking):
        text = tr(
            '"{campaign}" has not started: its start holds now, but nothing has happened to'
            " {contact} since{tag}",
            campaign=name,
            contact=contact.id,
            tag=_known_tag(scene, contact),
        )
    else:
        text = tr('"{campaign}" has not started', campaign=name)
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
            if start.event is not None and not contact.events.get(start.event.event):
                yield from _found_by(scene, start.event.event, contact)


def _event_start(scene: Scene, start: Start, stated: Stated | None, contact: Contact) -> Need:
    """A start by an event, or by the change of a field: whether it ever came."""
    if start.event is None:
        return Need(start.text, tr("{field} has not changed", field=start.field))
    count = len(contact.events.get(start.event.event, ()))
    if not count:
        return Need(start.text, tr("{event} has not happened", event=start.event.event))
    asked = scene.trace.last(contact.id, stated) if stated is not None else None
    return Need(
        start.text,
        tr_n(
            "{event} happened once", "{event} happened {count} times", count,
            event=start.event.event,
        ),
        asked.explained if asked is not None else None,
    )  # fmt: skip


MOST_ROWS = 3
"""Records of which it is told why an event does not find them."""


def _found_by(scene: Scene, event: str, contact: Contact) -> Iterator[Need]:
    """Whether an event that the system makes would find a contact now, part by part."""
    names = scene.play.program.names
    declared = names.events.get(event)
    audience = declared.audience if declared is not None else None
    if declared is None or audience is None or declared.outside:
        return
    explainer, view = scene.trace.outline.explainer, scene.view(contact)
    text = audience.span.source.line(audience.span.line).strip()
    if audience.kind == "contacts":
        if audience.where is not None:
            yield Need(text, "yes", explainer.explain(audience.where, Place("audience"), view))
        return
    rows = contact.records.get(audience.records, [])
    if not rows:
        yield Need(
            text, tr("{contact} has no {records}", contact=contact.id, records=audience.records)
        )
    if audience.where is None:
        return
    place = Place("audience").filtering(names.records[audience.records])
    for row in rows[:MOST_ROWS]:
        view.row = row
        said = f"{text}: {audience.records} {in_words(row, view.zone)}"
        yield Need(said, "yes", explainer.explain(audience.where, place, view))


def _in_audience(scene: Scene, contact: Contact, campaign: Campaign) -> Iterator[Need]:
    """Whether a contact belongs to those to whom a group send goes, as it is now."""
    explain = scene.trace.outline.explainer.explain
    for automation in scene.play.program.automations:
        item = automation.campaign.item if automation.campaign is not None else None
        if item is None or automation.name != campaign.group_send:
            continue
        for node in walk(item):
            line = campaign.instructions[-1].where.line
            if isinstance(node, SendAll) and node.span.line == line:
                member = _member(node)
                if member is not None:
                    now = explain(member, Place("audience"), scene.view(contact))
                    yield Need(member.span.words, "yes", now)


def _member(send: SendAll) -> Expression | None:
    """The condition by which a group send has its audience; None where it goes to everyone."""
    match send.recipients:
        case ToSegment(name=name):
            return InSegment(send.recipients.span, name)
        case ToGroup(name=name):
            return InGroup(send.recipients.span, name)
    return None


def _known_tag(scene: Scene, contact: Contact) -> str:
    """That the last tag was given to one who had it, which is no trigger."""
    last = next(reversed(scene.trace.of(contact.id)), None)
    if last is None or last.entry.what != "tagged" or not last.entry.because.endswith(HAD_IT):
        return ""
    tag = last.entry.because.removesuffix(HAD_IT)
    return tr(': it was tagged "{tag}" already, so to tag it again is no trigger', tag=tag)


def not_again(scene: Scene, contact: Contact, campaign: Campaign, run: Run) -> str:
    """Why a campaign does not begin once more for one who has been there; empty where it may."""
    if run.under_way:
        if campaign.again:
            return tr("round {round} is still under way", round=run.round)
        return tr("round {round} is still under way, and it runs once", round=run.round)
    if run.status == "waiting for restart":
        tag = _known_tag(scene, contact)
        return tr("it waits for a trigger since it was put back{tag}", tag=tag)
    if not campaign.again:
        return tr("it runs once; with `runs again` a new trigger would start it again")
    return tr("a new trigger starts it again{tag}", tag=_known_tag(scene, contact))
