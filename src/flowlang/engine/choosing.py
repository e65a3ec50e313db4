"""N|NAME → the one process that a person means."""

from __future__ import annotations

from collections.abc import Sequence

from flowlang.engine.arrivals import Refused
from flowlang.engine.controls import PAST, Verb, foreseen, possible, why_not
from flowlang.engine.overview import View
from flowlang.engine.processes import Identity, Process, named
from flowlang.program.program import Program
from flowlang.source import did_you_mean
from flowlang.speech import joined, tr

_SHOWN = 10


class Unclear(Exception):
    """It is none or several of them; the message says which there are, for a person."""


def only(which: str, views: Sequence[View]) -> View:
    """The one with a number or a name.  Raises Unclear where it is none or several."""
    found = _called(which, views)
    if len(found) == 1:
        return found[0]
    raise _several(which, found) if found else _unknown(which, views)


def fitting(verb: Verb, which: str, views: Sequence[View], program: Program) -> list[View]:
    """The one with a number or a name that can be paused, resumed or cancelled, once what was
    asked for before is done; also the one of which just that was asked for.

    A name serves also where several have it, if only one of them can.  Those of a name that are all
    halted are resumed together: they are all given.  Raises Unclear where it is none or several,
    Refused where none of them can.
    """
    found = _called(which, views) or _to_come(which, program)
    fit = [view for view in found if not obstacle(verb, view)]
    if len(fit) == 1 or (fit and verb == "resume" and all(map(_is_halted, fit))):
        return fit
    if fit:
        raise _several(which, fit)
    if verb == "resume" and which in program.messages:
        raise Refused(tr('"{which}" is not halted: nobody waits for it', which=which))
    if found:
        raise Refused(joined((obstacle(verb, view) for view in found[:_SHOWN]), "; "))
    able = [view for view in views if not obstacle(verb, view)]
    if not able:
        raise Unclear(
            tr(
                'there is no process "{which}", and none that can be {done}',
                which=which,
                done=PAST[verb],
            )
        )
    raise _unknown(which, able)


def obstacle(verb: Verb, view: View) -> str:
    """Why a wish for a process cannot come true when its turn comes, in words; empty where it can,
    and where it was asked for before.
    """
    if not view.asked:
        return why_not(verb, view.process)
    return "" if view.asked == verb else why_not(verb, foreseen(view.asked, view.process))


def _called(which: str, views: Sequence[View]) -> list[View]:
    numbered = [view for view in views if str(view.process.number) == which]
    return numbered or [view for view in views if view.process.name == which]


def _to_come(which: str, program: Program) -> list[View]:
    """Campaigns that were not applied yet, and sends that nobody has come to."""
    identities = [Identity("campaign", which)]
    identities += [Identity("message send", which, one.name) for one in program.campaigns]
    return [View(Process(one), 0) for one in identities if possible(program, one)]


def _is_halted(view: View) -> bool:
    return view.process.status == "halted"


def _several(which: str, found: Sequence[View]) -> Unclear:
    shown = joined(_numbered(view) for view in found[:_SHOWN])
    more = tr(" and {count:,} more", count=len(found) - _SHOWN) if len(found) > _SHOWN else ""
    return Unclear(
        tr(
            'there are several "{which}"; say which by its number: {names}{more}',
            which=which,
            names=shown,
            more=more,
        )
    )


def _numbered(view: View) -> str:
    what = named(view.process.identity)
    number = view.process.number
    return tr("{number} {what}", number=number, what=what) if number else what


def _unknown(which: str, views: Sequence[View]) -> Unclear:
    hint = did_you_mean(which, sorted({view.process.name for view in views}), tr("process"))
    return Unclear(tr('there is no process "{which}"; {hint}', which=which, hint=hint))
