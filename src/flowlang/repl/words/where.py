"""`where`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.contact import Run
from flowlang.program.program import Campaign
from flowlang.repl.script import Wrong, named, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Row, Told, row
from flowlang.repl.word import Word
from flowlang.source import did_you_mean
from flowlang.speech import tr


class Where(Word):
    """Shows the text of the campaigns the contact is in, and where it stands.

    `>` marks the step at which it stands, `·` those that it has passed in this round.
    """

    names = (("en", "where"), ("de", "wo"))
    usage = (
        "where",
        tr('where "Webinar"'),
    )
    topic = "looking"

    def do(self, session: Session, rest: str) -> Told:
        contact = session.contact()
        chosen = _named(session, rest) if rest else None
        told: Told = []
        for campaign in session.program.campaigns:
            runs = [run for run in contact.runs.values() if run.campaign == campaign.name]
            if campaign is chosen or (chosen is None and _is_shown(runs, contact.runs)):
                told += (
                    [row(), *_shown(session, campaign, runs)]
                    if told
                    else _shown(session, campaign, runs)
                )
        return told or [
            row("  ", tr("{contact} has come into no campaign yet", contact=contact.id))
        ]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return (quoted(campaign.name) for campaign in session.program.campaigns)


def _named(session: Session, rest: str) -> Campaign:
    name = named(rest)
    for campaign in session.program.campaigns:
        if campaign.name == name:
            return campaign
    known = [campaign.name for campaign in session.program.campaigns]
    raise Wrong(tr('there is no campaign "{name}"', name=name), did_you_mean(name, known))


def _is_shown(runs: list[Run], others: dict[tuple[str, str], Run]) -> bool:
    """Those that it is in; where it is in none, those that it was in."""
    if any(_alive(run) for run in others.values()):
        return any(_alive(run) for run in runs)
    return bool(runs)


def _alive(run: Run) -> bool:
    return run.under_way or run.status == "waiting for restart"


def _shown(session: Session, campaign: Campaign, runs: list[Run]) -> Told:
    teller = session.teller()
    now = session.now
    told: Told = []
    for run in runs:
        key = f" {run.key}" if run.key else ""
        told.append(
            row(
                ("strong", f'"{campaign.name}"'), f"{key}, ",
                tr("round {number}", number=run.round), ": ", teller.standing(run, now), hang=2,
            )
        )  # fmt: skip
    if not runs:
        told.append(row(("strong", f'"{campaign.name}"'), ": ", tr("has not started")))
    passed, stands = _marks(session, campaign, runs)
    source, first = campaign.span.source, campaign.span.line
    text = campaign.item.span.text.rstrip() if campaign.item else ""
    for number in range(first, first + text.count("\n") + 1):
        told.append(_line(source.line(number), number in stands, number in passed))
    return told


def _line(text: str, stands: bool, passed: bool) -> Row:
    if stands:
        return row(("good", "  > "), ("strong", text), hang=8)
    if passed:
        return row(("dim", "  · "), text, hang=8)
    return row("    ", ("dim", text), hang=8)


def _marks(session: Session, campaign: Campaign, runs: list[Run]) -> tuple[set[int], set[int]]:
    """The lines that the contact has passed in this round, and those at which it stands."""
    passed, stands = set(), set()
    for run in runs:
        for one in session.decisions():
            entry = one.entry
            if (entry.campaign, entry.round) == (campaign.name, run.round) and entry.step:
                passed.add(entry.line)
        if run.under_way and run.pc < len(campaign.instructions):
            stands.add(campaign.instructions[run.pc].where.line)
        elif run.status == "waiting for restart":
            outline = session.loaded.outline
            stands.update(one.line for one in outline.of_campaign(campaign.name, "start"))
    return passed, stands


WORD = Where()
