"""A contact as the JSON text that a store keeps, and back, without loss.

A run keeps the version it is on and the stable name of the step it stands at, not its number.  To
another version it is moved when that is applied (`engine.moving`).  Where a run was not moved, its
step is found again by its name; where the step is gone, the run stays where it is, untouched:
nothing wakes it, its stops and goals hold, and once the step is back it goes on.  Runs of a
campaign that is gone are put aside whole.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any

from flowlang.contact import Contact, Happening, Measure, Run, RunKey, Sent
from flowlang.kinds import decode, encode
from flowlang.program.program import Campaign, Program
from flowlang.stores.rows import ContactRow


def merged_into(row: ContactRow) -> str:
    """The id of the contact that one has become part of, empty where it has not."""
    return str(json.loads(row.state).get("merged_into", "")) if row.deleted else ""


@dataclass(frozen=True, slots=True)
class Stranded:
    """A run that stands at a step which the program no longer has."""

    contact: str
    campaign: str
    step: str


@dataclass(slots=True)
class Aside:
    """What of a contact the program at hand cannot use now; it is written back as it was read."""

    runs: dict[RunKey, dict[str, Any]] = field(default_factory=dict)
    """Of campaigns that are gone."""
    stranded: dict[RunKey, dict[str, Any]] = field(default_factory=dict)
    """At steps that are gone."""
    measures: list[dict[str, Any]] = field(default_factory=list)


class States:
    """Reads and writes contacts for one program."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.campaigns = program.by_name
        self._places: dict[tuple[str, str], dict[str, int]] = {}

    # ------------------------------------------------------------------ writing

    def write(self, contact: Contact, aside: Aside) -> str:
        """The contact as JSON text; the same text for the same contact."""
        data = _plain(contact, _CONTACT)
        data["groups"] = sorted(contact.groups)
        data["bounced"] = sorted(contact.bounced)
        data["events"] = {
            name: [[encode(one.at), encode(one.data), one.seq] for one in happened]
            for name, happened in contact.events.items()
        }
        data["messages"] = [_sent(sent) for sent in contact.messages]
        data["codes"] = {name: [code, encode(at)] for name, (code, at) in contact.codes.items()}
        data["elsewhere"] = {name: [to, encode(at)] for name, (to, at) in contact.elsewhere.items()}
        data["measures"] = [_plain(one, _MEASURE) for one in contact.measures] + aside.measures
        data["runs"] = [
            *(self._run(key, run, aside) for key, run in contact.runs.items()),
            *aside.runs.values(),
        ]
        kept = {name: value for name, value in data.items() if value not in (None, False, [], {})}
        return json.dumps(kept, ensure_ascii=False, separators=(",", ":"))

    def _run(self, key: RunKey, run: Run, aside: Aside) -> dict[str, Any]:
        campaign = self.program.campaign_of(run)
        if key in aside.stranded and is_stranded(campaign, run):
            return aside.stranded[key]
        run.version = run.version or campaign.version
        data = _plain(run, _RUN)
        data["step"] = self.step(run)
        return data

    def step(self, run: Run) -> str:
        """The stable name of the step at which a run stands; empty where it stands at none."""
        instructions = self.program.campaign_of(run).instructions
        if not run.under_way or run.pc >= len(instructions):
            return ""
        return instructions[run.pc].where.id

    # ------------------------------------------------------------------ reading

    def read(self, text: str) -> tuple[Contact, Aside]:
        """The contact that `write` wrote, and what the program cannot use of it."""
        return self.read_data(json.loads(text))

    def read_data(self, data: dict[str, Any]) -> tuple[Contact, Aside]:
        """The same of what the text says."""
        aside = Aside()
        contact = Contact(
            **_values(data, _CONTACT),
            groups=set(data.get("groups", ())),
            bounced=set(data.get("bounced", ())),
            events={
                name: [Happening(decode(at), decode(row), seq) for at, row, seq in happened]
                for name, happened in data.get("events", {}).items()
            },
            messages=[_read_sent(row) for row in data.get("messages", ())],
            codes={name: (code, decode(at)) for name, (code, at) in data.get("codes", {}).items()},
            elsewhere={
                name: (to, decode(at)) for name, (to, at) in data.get("elsewhere", {}).items()
            },
        )
        for row in data.get("runs", ()):
            self._read_run(row, contact, aside)
        for row in data.get("measures", ()):
            self._read_measure(row, contact, aside)
        return contact, aside

    def _read_measure(self, row: dict[str, Any], contact: Contact, aside: Aside) -> None:
        """A measure of the version that its run is on; it is known by its name."""
        campaign = self.campaigns.get(row["campaign"])
        run = contact.runs.get((row["campaign"], row.get("key", "")))
        if run is not None and run.label == row.get("label"):
            campaign = self.program.campaign_of(run)
        names = [name for name, _, _ in campaign.measures] if campaign else []
        if row["name"] not in names:
            aside.measures.append(row)
            return
        measure = Measure(**_values(row, _MEASURE))
        if names[measure.where : measure.where + 1] != [measure.name]:
            measure.where = names.index(measure.name)
        contact.measures.append(measure)

    def _read_run(self, row: dict[str, Any], contact: Contact, aside: Aside) -> None:
        key = (row["campaign"], row["key"])
        campaign = self.program.earlier.get((row["campaign"], row.get("version", "")))
        campaign = campaign or self.campaigns.get(row["campaign"])
        if campaign is None:
            aside.runs[key] = row
            return
        run = contact.runs[key] = Run(**_values(row, _RUN))
        if not run.under_way:
            return
        place = self._place(campaign, row.get("step", ""), run.pc)
        if place is None:
            aside.stranded[key] = row
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


def stranded(contact: Contact, aside: Aside, states: States) -> list[Stranded]:
    """The runs of a contact that stand at a step which is gone, or in a campaign which is."""
    found = []
    for key, row in aside.stranded.items():
        run = contact.runs.get(key)
        if run is not None and is_stranded(states.program.campaign_of(run), run):
            found.append(Stranded(contact.id, key[0], row.get("step", "")))
    for key, row in aside.runs.items():
        if row.get("status") in ("waiting", "halted"):
            found.append(Stranded(contact.id, key[0], row.get("step", "")))
    return found


def is_stranded(campaign: Campaign, run: Run) -> bool:
    """Whether a run that was put aside stands where it stood; it may have been stopped since."""
    return run.status == "halted" and run.pc >= len(campaign.instructions)


# ---------------------------------------------------------------------- plain fields

_Plain = dict[str, Any]
"""Names of fields that `kinds.encode` keeps as they are, with their defaults."""


def _defaults(kind: Any, apart: tuple[str, ...] = ()) -> _Plain:
    found = {}
    for one in fields(kind):
        if one.name in apart:
            continue
        if one.default is not MISSING:
            found[one.name] = one.default
        elif one.default_factory is not MISSING:
            found[one.name] = one.default_factory()
        else:
            found[one.name] = MISSING
    return found


_CONTACT = _defaults(
    Contact,
    ("groups", "bounced", "events", "messages", "codes", "elsewhere", "measures", "runs"),
)
_RUN = _defaults(Run)
_MEASURE = _defaults(Measure)
_SENT = _defaults(Sent, ("policies", "returned", "opened", "clicked"))


def _plain(thing: Any, names: _Plain) -> dict[str, Any]:
    """The fields that differ from their defaults."""
    data = {}
    for name, default in names.items():
        value = getattr(thing, name)
        if default is MISSING or value != default:
            data[name] = encode(value)
    return data


def _values(data: dict[str, Any], names: _Plain) -> dict[str, Any]:
    return {name: decode(data[name]) for name in names if name in data}


def _sent(sent: Sent) -> dict[str, Any]:
    data = _plain(sent, _SENT)
    for name, texts in (("policies", sent.policies), ("returned", sent.returned)):
        if texts:
            data[name] = list(texts)
    for name, moments in (("opened", sent.opened), ("clicked", sent.clicked)):
        if moments:
            data[name] = [[encode(at), seq] for at, seq in moments]
    return data


def _read_sent(data: dict[str, Any]) -> Sent:
    def moments(name: str) -> list[tuple[datetime, int]]:
        return [(decode(at), seq) for at, seq in data.get(name, ())]

    return Sent(
        **_values(data, _SENT),
        policies=tuple(data.get("policies", ())),
        returned=tuple(data.get("returned", ())),
        opened=moments("opened"),
        clicked=moments("clicked"),
    )
