"""N|NAME → the one process that a person means."""

from __future__ import annotations

from collections.abc import Sequence

from flowlang.engine.arrivals import Refused
from flowlang.engine.controls import PAST, Verb, foreseen, why_not
from flowlang.engine.overview import View
from flowlang.engine.processes import Identity, Process, named
from flowlang.program.program import Program
from flowlang.source import did_you_mean
from flowlang.speech import joined, some, tr

_SHOWN = 10


class Unclear(Exception):
    """It is none or several of them; the message says which there are, for a person."""


class NotYet(Exception):
    """It is a message that no campaign sends, and nothing of it was sent so far."""


def only(which: str, views: Sequence[View], program: Program | None) -> View:
    """The one with a number or a name; of the program that runs also what nobody has come to yet,
    which has no number.  Raises Unclear where it is none or several, and NotYet.
    """
    found = _called(which, views) or _to_come(which, program)
    if len(found) == 1:
        return found[0]
    if not found and program is not None and which in program.messages:
        raise NotYet(tr('nothing of "{which}" was sent yet', which=which))
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
    return numbered or [view for view in views if _is_called(which, view)]


def _is_called(which: str, view: View) -> bool:
    return which in (view.process.name, view.process.identity.spelt)


def _to_come(which: str, program: Program | None) -> list[View]:
    """Campaigns that were not applied yet, and sends that nobody has come to."""
    campaigns = program.campaigns if program is not None else ()
    identities = [Identity("campaign", one.name) for one in campaigns]
    identities += [
        Identity("message send", message, one.name)
        for one in campaigns
        for message in sorted(one.sends)
    ]
    views = [View(Process(one), 0) for one in identities]
    return [view for view in views if _is_called(which, view)]


def _is_halted(view: View) -> bool:
    return view.process.status == "halted"


def _several(which: str, found: Sequence[View]) -> Unclear:
    if all(view.is_to_come for view in found):
        return Unclear(
            tr(
                'nobody has come to "{which}" yet, and there are several: say which, as in {names}',
                which=which, names=some(map(_spelt, found), _SHOWN),
            )
        )  # fmt: skip
    shown = some(map(_numbered, found), _SHOWN, all_at="flow process list")
    return Unclear(
        tr(
            'there are several "{which}"; say which by its number: {names}',
            which=which, names=shown,
        )
    )  # fmt: skip


def _spelt(view: View) -> str:
    identity = view.process.identity
    return f'"{identity.spelt}"' if identity.by else named(identity)


def _numbered(view: View) -> str:
    what = named(view.process.identity)
    number = view.process.number
    return tr("{number} {what}", number=number, what=what) if number else what


def _unknown(which: str, views: Sequence[View]) -> Unclear:
    hint = did_you_mean(
        which,
        sorted({view.process.name for view in views}),
        tr("process"),
        all_at="flow process list",
    )
    return Unclear(tr('there is no process "{which}"; {hint}', which=which, hint=hint))
