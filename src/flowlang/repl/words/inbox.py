"""`inbox`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.contact import Letter
from flowlang.delivery.plain import plain_text
from flowlang.repl.script import Wrong, named, quoted
from flowlang.repl.session import Session
from flowlang.repl.told import Told, row, rows
from flowlang.repl.word import Word
from flowlang.source import did_you_mean
from flowlang.speech import Text, tr
from flowlang.stores.rows import SendingRow


class Inbox(Word):
    """Shows the messages that the contact got, as it reads them, with their coupon codes."""

    names = (("en", "inbox"), ("de", "post"))
    usage = (
        "inbox",
        tr('inbox "Offer"'),
    )
    topic = "looking"

    def do(self, session: Session, rest: str) -> Told:
        name, contact = named(rest), session.contact()
        if name and name not in session.program.messages:
            hint = did_you_mean(name, list(session.program.messages))
            raise Wrong(tr('there is no message "{name}"', name=name), hint)
        letters = [
            letter
            for letter in session.stage.play.world.letters
            if letter.contact == contact.id and name in ("", letter.message)
        ]
        told: Told = []
        for sending in session.sent_before(contact.id):
            if name in ("", sending.message):
                told += _sending(session, sending)
        for letter in letters:
            told += [*([row()] if told else []), *_letter(session, letter)]
        what = f'"{name}"' if name else tr("anything")
        none = tr("{contact} has not got {what} yet", contact=contact.id, what=what)
        return told or [row("  ", none)]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return (quoted(name) for name in session.program.messages)


def _sending(session: Session, sending: SendingRow) -> Told:
    """What was sent before the session began; the store keeps how it read, and does not show it."""
    return [
        row(("dim", session.teller().clock(sending.at)), "  ", _sent(sending)),
        *_codes(sending),
    ]


def _sent(one: SendingRow | Letter) -> Text:
    """What went where, and how."""
    if one.channel == "email":
        return tr('"{message}" to {address}', message=one.message, address=one.address)
    return tr(
        '"{message}" by {channel} to {address}',
        message=one.message, channel=one.channel, address=one.address,
    )  # fmt: skip


def _codes(one: SendingRow | Letter) -> Told:
    said = (tr('code {code} of "{name}"', code=code, name=name) for name, code in one.codes)
    return [row("  ", ("dim", text)) for text in said]


def _letter(session: Session, letter: Letter) -> Told:
    told = [row(("dim", session.teller().clock(letter.at)), "  ", _sent(letter))]
    if letter.subject:
        told.append(row("  ", ("strong", letter.subject), hang=2))
    text = letter.text or plain_text(letter.html)
    told += rows(text.strip(), indent=2)
    return told + _codes(letter)


WORD = Inbox()
