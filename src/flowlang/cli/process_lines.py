"""One process in lines: how it stands, and what a person can do with it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flowlang import speech
from flowlang.cli import plan_data, plan_lines, progress, terminal
from flowlang.engine import retelling
from flowlang.speech import Text, joined, tr

if TYPE_CHECKING:
    from flowlang.engine.overview import View
    from flowlang.engine.version import Version
    from flowlang.program.program import Program
    from flowlang.stores.store import Store


def told(view: View, zone: ZoneInfo, version: Version | None = None) -> list[str]:
    """All there is to say of a process, each line behind what it is about; of a campaign that the
    version that runs has, also which one that is.
    """
    process = view.process
    kind, name, by, _ = process.identity
    said = tr('{kind} "{name}"', kind=retelling.kind(kind), name=name)
    said = tr('{process} of "{by}"', process=said, by=by) if by else said
    head = f"{process.number or ''}  {terminal.told(said)}".lstrip()
    why = tr("nobody has come to it yet") if view.is_to_come else progress.why(view, zone)
    status = retelling.kind(view.status)
    rows: list[tuple[str, str]] = [
        (tr("status"), joined((status, why), "; ") if why else status),
        (tr("version"), _version(version, zone) if version and view.version else ""),
        (tr("progress"), _progress(view)),
    ]
    if process.skipped:
        spoken = terminal.spoken()
        counts = (
            tr("{reason} {count:,}", reason=retelling.skipped(reason, spoken), count=count)
            for reason, count in sorted(process.skipped.items())
        )
        rows.append((tr("skipped"), joined(counts)))
    if view.unknown:
        unknown = tr(
            "{count:,} may have gone out or not; `flow inbox` names them", count=view.unknown
        )
        rows.append((tr("unknown"), unknown))
    moments = (
        (tr("started"), process.started),
        (tr("since"), process.since),
        (tr("ended"), process.ended),
    )
    rows += [(name, terminal.clock(at, zone)) for name, at in moments if at is not None]
    return [head, *(_row(name, text) for name, text in rows if text)]


def _version(version: Version, zone: ZoneInfo) -> Text:
    came = plan_lines.came(plan_data.version(version), zone)
    return joined((str(version.number), came), "")


def _row(name: str, text: str) -> str:
    return f"{terminal.told(name):<9} {terminal.told(text)}"


def _progress(view: View) -> str:
    """How many are done, and what the others are at."""
    process = view.process
    counts = (
        (process.done, tr("{count:,} done", count=process.done)),
        (skipped := sum(process.skipped.values()), tr("{count:,} skipped", count=skipped)),
        (process.failed, tr("{count:,} failed", count=process.failed)),
        (view.held, tr("{count:,} held", count=view.held)),
        (view.halted, tr("{count:,} halted", count=view.halted)),
        (waiting := view.waiting - view.held - view.halted,
         tr("{count:,} waiting", count=waiting)),
    )  # fmt: skip
    told = joined(text for count, text in counts if count)
    return joined((progress.done(view), told), ": ") if told else progress.done(view)


def next_(view: View, program: Program | None, store: Store, now: datetime) -> list[str]:
    """What a person can do with a process now, in lines."""
    from flowlang.engine.arrivals import Refused
    from flowlang.engine.choosing import obstacle
    from flowlang.engine.controls import VERBS
    from flowlang.engine.resuming import Lacking
    from flowlang.engine.worker import Worker

    lines, process, without = [], view.process, {view.asked}
    if view.asked:
        lines.append(_row(_NEXT, tr("{asked}: `flow run`", asked=progress.asked(view))))
    if view.halted and program is not None and process.name in program.messages:
        try:
            Worker(program, store).may_resume(process.name, now, process.identity)
        except Refused as refused:
            if process.status == "halted":
                without.add("resume")
            missing = refused.missing if isinstance(refused, Lacking) else ()
            imports = joined(
                tr('`flow coupons import "{name}" FILE`', name=name) for name in missing
            )
            told = speech.why(refused)
            lines.append(_row(_NEXT, joined((told, imports), ": ") if imports else told))
    which = str(process.number) if process.number else f'"{process.identity.spelt}"'
    verbs = [
        f"`flow process {verb} {which}`"
        for verb in VERBS
        if verb not in without and not obstacle(verb, view)
    ]
    return [*lines, _row(_NEXT, ", ".join(verbs))] if verbs else lines


_NEXT = tr("next")


def line(view: View, zone: ZoneInfo) -> str:
    """A process in one line, as it moves."""
    process, note = view.process, progress.note(view, zone)
    text = joined((retelling.kind(process.status), progress.done(view)))
    return terminal.printable(joined((text, note), "; ") if note else text)
