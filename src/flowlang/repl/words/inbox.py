"""`inbox`"""

from __future__ import annotations

from collections.abc import Iterable

from flowlang.contact import Letter
from flowlang.delivery.plain import plain_text
from flowlang.repl.script import Wrong, named, quoted
from flowlang.repl.session import Session
from flowlang.repl.telling import Teller
from flowlang.repl.told import Told, row, rows
from flowlang.repl.word import Word
from flowlang.source import did_you_mean
from flowlang.speech import tr
from flowlang.stores.rows import SendingRow


class Inbox(Word):
    """Shows the messages that the contact got, as it reads them, with their coupon codes."""

    names = (("en", "inbox"), ("de", "post"))
    usage = ("inbox", 'inbox "Offer"')
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
        what = f'"{name}"' if name else "anything"
        return told or [row("  ", ("strong", contact.id), f" has not got {what} yet")]

    def complete(self, session: Session, rest: str) -> Iterable[str]:
        return (quoted(name) for name in session.program.messages)


def _sending(session: Session, sending: SendingRow) -> Told:
    """What was sent before the session began; the store keeps how it read, and does not show it."""
    at = Teller(session.program).clock(sending.at)
    channel = "" if sending.channel == "email" else f" by {sending.channel}"
    told = [row(("dim", at), f'  "{sending.message}"{channel} to {sending.address}')]
    return told + [row(("dim", f'  code {code} of "{name}"')) for name, code in sending.codes]


def _letter(session: Session, letter: Letter) -> Told:
    at = Teller(session.program).clock(letter.at)
    channel = "" if letter.channel == "email" else f" by {letter.channel}"
    told = [row(("dim", at), f'  "{letter.message}"{channel} to {letter.address}')]
    if letter.subject:
        told.append(row("  ", ("strong", letter.subject), hang=2))
    text = letter.text or plain_text(letter.html)
    told += rows(text.strip(), indent=2)
    told += [row(("dim", f'  code {code} of "{name}"')) for name, code in letter.codes]
    return told


WORD = Inbox()
