"""Compiles the names of a workspace into its program."""

from __future__ import annotations

from flowlang.check import templates
from flowlang.check.declarations import Reader
from flowlang.check.expressions import Expressions
from flowlang.check.meaning import Place
from flowlang.check.names import Names
from flowlang.kinds import Fields, UnknownFields
from flowlang.program.automations import compile_automation, group_sends
from flowlang.program.campaigns import CampaignCompiler
from flowlang.program.program import Campaign, Program, ScheduledEvent
from flowlang.program.senders import check_messages
from flowlang.program.starts import check_starts
from flowlang.speech import tr
from flowlang.steps.step import Code
from flowlang.syntax.tree import Token


def compile_program(
    names: Names, reader: Reader, expressions: Expressions | None = None
) -> Program:
    """The program of a workspace; with errors in `names.findings` it must not be run.

    `expressions` gives conditions their meaning, where they are to do more than hold or not.
    """
    expressions = expressions or Expressions(names)
    program = Program(names.config, names)
    for segment in names.segments.values():
        expressions.segment(Token(segment.span, "STRING", segment.name))
    for message in names.messages.values():
        templates.prepare(message, names)
    _events(program, expressions)
    codes: list[tuple[Campaign, Code]] = []
    for item in names.campaigns.values():
        codes.append(CampaignCompiler(item, len(codes), names, expressions, reader).compile())
    for campaign, _ in codes:
        program.campaigns.append(campaign)
        program.by_name[campaign.name] = campaign
    for index, automation in enumerate(names.automations.values()):
        made = compile_automation(automation, index, names, expressions, reader)
        program.automations.append(made)
        for campaign in (*group_sends(made), *filter(None, (made.campaign,))):
            program.by_name[campaign.name] = campaign
    for campaign, code in codes:
        check_messages(tr("campaign"), campaign, code)
        campaign.uses_event = "event." in code.place.used
    check_starts(program, codes, reader)
    return program


def _events(program: Program, expressions: Expressions) -> None:
    """Compile whom the events concern that no one sends to a contact."""
    names = program.names
    for event in names.events.values():
        audience = event.audience
        if audience is None:
            continue
        about = event.fields if event.outside else None
        place = Place("audience", event=about)
        row: Fields = {}
        if audience.kind != "contacts":
            row = names.records.get(audience.records, UnknownFields())
        holds = expressions.filter(audience.where, row, place)
        if event.outside:
            program.concerns[event.name] = holds
        for schedule, _ in event.schedules:
            program.scheduled.append(ScheduledEvent(event, schedule, holds, len(program.scheduled)))
