"""A contact as the JSON text that a store keeps, and back, without loss.

A run keeps the version it is on and the stable name of the step it stands at, not its number.  To
another version it is moved when that is applied (`engine.moving`).  Where a run was not moved, its
step is found again by its name; where the step is gone, the run stays where it is, untouched:
nothing wakes it, its stops and goals hold, and once the step is back it goes on.  Runs of a
campaign that is gone are put aside whole.

Every wake of a contact reads and writes it, so msgspec does both; what it cannot know, the values
of the language's own kinds, `encoding` makes plain.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import MISSING, dataclass, field, fields
from operator import attrgetter
from typing import Any, get_type_hints

import msgspec

from flowlang.contact import Contact, Happening, Measure, Run, RunKey
from flowlang.encoding import decode, encode, to_json
from flowlang.program.program import Campaign, Program
from flowlang.stores.rows import ContactRow


def merged_into(row: ContactRow) -> str:
    """The id of the contact that one has become part of, empty where it has not."""
    return str(kept_contact(row.state).merged_into) if row.deleted else ""


@dataclass(slots=True)
class Aside:
    """What of a contact the program at hand cannot use now; it is written back as it was read."""

    runs: dict[RunKey, Run] = field(default_factory=dict)
    """Of campaigns that are gone."""
    stranded: dict[RunKey, Run] = field(default_factory=dict)
    """At steps that are gone."""
    measures: list[Measure] = field(default_factory=list)


class States:
    """Reads and writes contacts for one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.campaigns = program.by_name
        self._places: dict[tuple[str, str], dict[str, int]] = {}

    # ------------------------------------------------------------------ writing

    def write(self, contact: Contact, aside: Aside) -> str:
        """The contact as JSON text; the same text for the same contact."""
        kept = _Kept(*_values(contact))
        kept.fields = encode(contact.fields)
        kept.groups = sorted(contact.groups)
        kept.bounced = sorted(contact.bounced)
        kept.records = {name: encode(rows) for name, rows in contact.records.items()}
        kept.events = {
            name: [_with_data(one, encode) for one in happened]
            for name, happened in contact.events.items()
        }
        kept.measures = [*contact.measures, *aside.measures]
        kept.runs = [self._run(key, run, aside) for key, run in contact.runs.items()]
        kept.runs += map(_kept_run, aside.runs.values())
        return to_json(kept).decode()

    def _run(self, key: RunKey, run: Run, aside: Aside) -> Any:
        campaign = self.program.campaign_of(run)
        if key in aside.stranded and is_stranded(campaign, run):
            return _kept_run(aside.stranded[key])
        run.version = run.version or campaign.version
        run.step = self.step(run)
        return _kept_run(run)

    def step(self, run: Run) -> str:
        """The stable name of the step at which a run stands; empty where it stands at none."""
        instructions = self.program.campaign_of(run).instructions
        if not run.under_way or run.pc >= len(instructions):
            return ""
        return instructions[run.pc].where.id

    # ------------------------------------------------------------------ reading

    def read(self, text: str) -> tuple[Contact, Aside]:
        """The contact that `write` wrote, and what the program cannot use of it."""
        return self.understood(kept_contact(text))

    def understood(self, kept: Any) -> tuple[Contact, Aside]:
        """The same of a contact as `kept_contact` gives it."""
        contact, aside = Contact(*_values(kept)), Aside()
        contact.fields = decode(contact.fields)
        contact.groups = set(contact.groups)
        contact.bounced = set(contact.bounced)
        contact.records = {name: decode(rows) for name, rows in contact.records.items()}
        for happened in contact.events.values():
            happened[:] = [_with_data(one, decode) for one in happened]
        contact.runs, contact.measures = {}, []
        for run in kept.runs:
            self._take_run(run, contact, aside)
        for measure in kept.measures:
            self._take_measure(measure, contact, aside)
        return contact, aside

    def _take_measure(self, measure: Measure, contact: Contact, aside: Aside) -> None:
        """A measure of the version that its run is on; it is known by its name."""
        campaign = self.campaigns.get(measure.campaign)
        run = contact.runs.get((measure.campaign, measure.key))
        if run is not None and run.label == measure.label:
            campaign = self.program.campaign_of(run)
        names = [name for name, _, _ in campaign.measures] if campaign else []
        if measure.name not in names:
            aside.measures.append(measure)
            return
        if names[measure.where : measure.where + 1] != [measure.name]:
            measure.where = names.index(measure.name)
        contact.measures.append(measure)

    def _take_run(self, run: Run, contact: Contact, aside: Aside) -> None:
        key = (run.campaign, run.key)
        for name, value in _translated(run, decode):
            setattr(run, name, value)
        campaign = self.program.earlier.get((run.campaign, run.version))
        campaign = campaign or self.campaigns.get(run.campaign)
        if campaign is None:
            aside.runs[key] = run
            return
        contact.runs[key] = run
        if not run.under_way:
            return
        place = self._place(campaign, run.step, run.pc)
        if place is None:
            aside.stranded[key] = copy(run)
            run.status, run.due, run.wait = "halted", None, {}
            place = len(campaign.instructions)
        run.pc = place

    def _place(self, campaign: Campaign, step: str, hint: int) -> int | None:
        """The number of the step with a name, None where there is none."""
        instructions = campaign.instructions
        if hint < len(instructions) and instructions[hint].where.id == step:
            return hint
        name = (campaign.name, campaign.version)
        places = self._places.get(name)
        if places is None:
            places = {one.where.id: number for number, one in enumerate(instructions)}
            self._places[name] = places
        return places.get(step)


def is_stranded(campaign: Campaign, run: Run) -> bool:
    """Whether a run that was put aside stands where it stood; it may have been stopped since."""
    return run.status == "halted" and run.pc >= len(campaign.instructions)


# ---------------------------------------------------------------------- as it is kept


def _shape() -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """The contact as JSON that leaves out what is as it was made: its type, and what reads its
    fields in order.

    msgspec reads into the dataclass itself, but would write every field of it.  JSON has no sets,
    and no names of two parts as runs have.
    """
    otherwise: dict[str, Any] = {
        "groups": list[str], "bounced": list[str], "runs": list[Run], "measures": list[Measure],
    }  # fmt: skip
    types, given = get_type_hints(Contact) | otherwise, list[Any]()
    for one in fields(Contact):
        if one.default is not MISSING:
            given.append((one.name, types[one.name], one.default))
        elif one.default_factory is not MISSING:
            made = list if one.name in otherwise else one.default_factory
            given.append((one.name, types[one.name], msgspec.field(default_factory=made)))
        else:
            given.append((one.name, types[one.name]))
    struct = msgspec.defstruct("KeptContact", given, omit_defaults=True)
    return struct, attrgetter(*struct.__struct_fields__)


_Kept, _values = _shape()
kept_contact: Callable[[str], Any] = msgspec.json.Decoder(_Kept).decode
"""A contact as its text says: its groups, runs and measures are lists, its values are encoded."""


def _kept_run(run: Run) -> Run:
    """A run whose values are encoded: the run itself where none is to be."""
    there = _translated(run, encode)
    if there:
        run = copy(run)
        for name, value in there:
            setattr(run, name, value)
    return run


def _translated(run: Run, translate: Callable[[Any], Any]) -> list[tuple[str, Any]]:
    """The fields of a run whose values are others once they are translated."""
    return [
        (name, other)
        for name, value in zip(_OF_ANY_KIND, _of_any_kind(run), strict=True)
        if value and (other := translate(value)) is not value
    ]


_OF_ANY_KIND = ("wait", "event", "reply", "answer")
"""Fields of a run that hold values of the language."""
_of_any_kind = attrgetter(*_OF_ANY_KIND)


def _with_data(one: Happening, translate: Callable[[Any], Any]) -> Happening:
    data = translate(one.data)
    return one if data is one.data else one._replace(data=data)
