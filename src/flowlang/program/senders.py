"""Whether who sends a message brings what its templates ask of `event`, `reply` and `answer`."""

from __future__ import annotations

from flowlang.check import diagnostics as d
from flowlang.check.template_needs import EventNeed
from flowlang.check.templates import Template
from flowlang.kinds import ANY, DATETIME, Fields
from flowlang.program.program import Automation, Campaign
from flowlang.source import Guess, did_you_mean
from flowlang.speech import tr
from flowlang.steps.step import Code
from flowlang.syntax.tree import Token


def check_messages(what: str, sender: Campaign | Automation, code: Code) -> None:
    """`event.x` in a message: the campaign that sends it must be started by an event with `x`."""
    for message, token in code.sends:
        for template in message.ready.values():
            for need in template.events:
                who = tr(
                    'the {what} "{sender}" sends "{message}"',
                    what=what,
                    sender=sender.name,
                    message=message.name,
                )
                if _check_need(need, who, token, code) and isinstance(sender, Campaign):
                    _check_every_start(need, template, sender, token, code)
    for template in code.texts:
        for need in template.events:
            _check_need(
                need,
                tr('the {what} "{sender}" writes this', what=what, sender=sender.name),
                None,
                code,
            )


def _check_every_start(
    need: EventNeed,
    template: Template,
    sender: Campaign,
    token: Token,
    code: Code,
) -> None:
    """A placeholder without a default: each start of the campaign must bring its value."""
    if (need.head, need.name) not in (template.needs or ()):
        return
    for start in sender.starts:
        fields: Fields = {}
        if start.event is not None:
            fields = code.names.fields_of_event(start.event.event)
        elif start.field is not None:
            fields = {"at": DATETIME, "old": ANY, "new": ANY}
        if need.head == "event" and need.name not in fields:
            code.report(
                d.TEMPLATE_EVENT,
                need.span,
                also=((token.span, tr("sent here")),),
                what=tr(
                    '`event.{name}`: "{sender}" sends this, and `{start}` does not bring it',
                    name=need.name,
                    sender=sender.name,
                    start=start.text,
                ),
                hint=tr(
                    "`event.{name} | default('…')` says what stands there then", name=need.name
                ),
            )
            return


def _check_need(need: EventNeed, who: str, token: Token | None, code: Code) -> bool:
    """Whether a campaign or automation can know a value at all; a finding where it cannot."""
    fields: Fields | None = code.place.event if need.head == "event" else code.place.reply
    if need.head == "event":
        code.place.used.add("event.")
    if need.head == "answer":
        fields = {need.name: ANY} if code.place.answer else None
    if fields is not None and need.name in fields:
        return True
    if fields is None:
        without = tr("without {brings}", brings=_BRINGS[need.head])
    else:
        without = tr("and no event there carries `{name}`", name=need.name)
    also = ((token.span, tr("sent here")),) if token is not None else ()
    hint = did_you_mean(need.name, [name for name in fields if name != "at"]) if fields else ""
    code.findings.report(
        d.TEMPLATE_EVENT,
        need.span,
        what=tr(
            "`{head}.{name}`: {who} {without}",
            head=need.head,
            name=need.name,
            who=who,
            without=without,
        ),
        # Others may send the same text, where the name is right: then a guess is no fix.
        hint=hint.alone() if isinstance(hint, Guess) and token is not None else hint,
        also=also,
    )
    return False


_BRINGS = {
    "event": tr("an event"), "reply": tr("a `wait for` before it"),
    "answer": tr("a `call … as answer` before it"),
}  # fmt: skip
