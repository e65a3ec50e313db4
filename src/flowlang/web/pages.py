"""The small pages that contacts see: what they say, in which language, and how they are sent.

A page asks nothing from outside, runs no script, is kept by nobody, and gives its address, which is
what the link is made of, to nobody.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parseaddr
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from starlette.responses import HTMLResponse

from flowlang.links import Link, Unsubscribe


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says; `{…}` in its text is filled in."""

    title: str
    text: str
    button: str = ""
    note: str = ""


_WORDS = {
    "en": {
        "unsubscribe open": Words(
            "Unsubscribe",
            "Do you want no more marketing by {channel}{sender}?",
            "Unsubscribe",
            "Messages about something you ordered or booked, such as confirmations and reminders,"
            " are not affected.",
        ),
        "unsubscribe done": Words(
            "You are unsubscribed", "You will get no more marketing by {channel}{sender}."
        ),
        "event open": Words(
            "Please confirm",
            "Press the button to confirm “{event}”.",
            "Confirm",
            "If you did not expect this, just close the page: nothing happens.",
        ),
        "event done": Words("Thank you", "“{event}” is confirmed. You may close this page."),
        "deleted": Words(
            "Your data was deleted", "We no longer have your data, and send you nothing more."
        ),
        "unknown": Words(
            "Nobody belongs to this link",
            "We know nobody that it could be for. If you still get messages, please answer one.",
        ),
        "obsolete": Words("This link has ended", "What it was meant for is no longer there."),
        "no link": Words(
            "This link is not valid",
            "A part of it may be missing. Please open it again from the message it is in.",
        ),
        "nothing": Words("There is nothing here", "There is no such page."),
        "busy": Words(
            "Please try again", "That did not work just now. Please try again in a minute."
        ),
        "broken": Words("Something went wrong", "That did not work, and it is our fault."),
    },
    "de": {
        "unsubscribe open": Words(
            "Abmelden",
            "Soll keine Werbung per {channel}{sender} mehr kommen?",
            "Abmelden",
            "Nachrichten zu einer Bestellung oder Buchung, etwa Bestätigungen und Erinnerungen,"
            " kommen weiterhin.",
        ),
        "unsubscribe done": Words(
            "Abmeldung erfolgt", "Es kommt keine Werbung per {channel}{sender} mehr."
        ),
        "event open": Words(
            "Bitte bestätigen",
            "Ein Klick auf den Knopf bestätigt „{event}“.",
            "Bestätigen",
            "Kommt das unerwartet, dann genügt es, die Seite zu schließen: Es geschieht nichts.",
        ),
        "event done": Words(
            "Vielen Dank", "„{event}“ ist bestätigt. Diese Seite kann geschlossen werden."
        ),
        "deleted": Words(
            "Die Daten sind gelöscht", "Wir haben diese Daten nicht mehr und schicken nichts mehr."
        ),
        "unknown": Words(
            "Zu diesem Link gehört niemand",
            "Wir kennen niemanden, für den er sein könnte. Falls weiter Nachrichten kommen, bitte"
            " auf eine davon antworten.",
        ),
        "obsolete": Words("Dieser Link gilt nicht mehr", "Wofür er da war, gibt es nicht mehr."),
        "no link": Words(
            "Dieser Link ist ungültig",
            "Vielleicht fehlt ein Teil davon. Bitte noch einmal aus der Nachricht heraus öffnen.",
        ),
        "nothing": Words("Hier ist nichts", "Diese Seite gibt es nicht."),
        "busy": Words(
            "Bitte noch einmal versuchen",
            "Das hat gerade nicht geklappt. Bitte in einer Minute noch einmal versuchen.",
        ),
        "broken": Words("Etwas ist schiefgegangen", "Das hat nicht geklappt, und es liegt an uns."),
    },
}  # fmt: skip
_CHANNELS = {
    "en": {"email": "e-mail", "sms": "text message"},
    "de": {"email": "E-Mail", "sms": "SMS"},
}
_FROM = {"en": " from {}", "de": " von {}"}


def of_link(link: Link, standing: str, language: str, sender: str, status: int) -> HTMLResponse:
    """What a link comes to, for the contact that follows it; `sender` is that of flow.toml."""
    language = _known(language)
    if standing not in ("open", "done"):
        return notice(standing, language, status)
    if isinstance(link, Unsubscribe):
        channel = _CHANNELS[language].get(link.channel, link.channel)
        name = parseaddr(sender)[0]
        whose = _FROM[language].format(name) if name else ""
        return _page(f"unsubscribe {standing}", language, status, channel=channel, sender=whose)
    return _page(f"event {standing}", language, status, event=link.event.replace("_", " "))


def notice(
    name: str, language: str, status: int, headers: Mapping[str, str] | None = None
) -> HTMLResponse:
    """A page that says one thing."""
    return _page(name, _known(language), status, headers)


def _known(language: str) -> str:
    found = language.lower().replace("_", "-").split("-")[0]
    return found if found in _WORDS else "en"


def _page(
    name: str,
    language: str,
    status: int,
    headers: Mapping[str, str] | None = None,
    **values: str,
) -> HTMLResponse:
    template, style = _parts()
    words = _WORDS[language][name]
    words = replace(words, text=words.text.format(**values))
    return HTMLResponse(
        template.render(language=language, words=words, style=style),
        status,
        {
            **(headers or {}),
            "Content-Language": language,
            "Cache-Control": "no-store",
            "Content-Security-Policy": policy(style),
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "X-Robots-Tag": "noindex",
        },
    )


@cache
def policy(style: str) -> str:
    """What a page may load and do: nothing but its style, as it stands between the tags."""
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def _parts() -> tuple[Any, str]:
    """The template, and its style."""
    from jinja2 import Environment

    folder = Path(__file__).parent
    template = (folder / "page.html").read_text(encoding="utf-8")
    style = (folder / "page.css").read_text(encoding="utf-8")
    return Environment(autoescape=True).from_string(template), style
