"""The files of a new workspace, in the words of a language."""

from __future__ import annotations

from typing import NamedTuple

from flowlang.speech import ENGLISH

_TOML = """\
timezone = "Europe/Berlin"

[sender]
from = "Shop <news@example.com>"
unsubscribe_url = "https://example.com/unsubscribe"
"""

_WELCOME = """\
# Greets who is new, and comes back with tips for those who want them.
contact
  first_name  text

message "Welcome"
  kind service
  channel email
  subject "Welcome, {{ first_name | default('friend') }}!"
  body \"\"\"
    It is good to have you here.
    \"\"\"

message "Tips"
  kind marketing
  channel email
  subject "Three tips for a start"
  body \"\"\"
    One a day, and you know it all by Sunday.
    \"\"\"

campaign "Welcome"
  start when tagged "new"
  send "Welcome"
  wait 3 days
  if may get marketing by email
    send "Tips"
  tag "greeted"

test "who agreed gets the tips"
  given contact
    first_name "Anna"
    marketing by email
  at 2026-03-02 10:00 tag "new"
  expect sent "Welcome" at 2026-03-02 10:00
  expect sent "Tips" at 2026-03-05 10:00
  expect tagged "greeted"

test "who did not gets none"
  given contact
  at 2026-03-02 10:00 tag "new"
  after 3 days
  expect not sent "Tips"
  expect finished in "Welcome"
"""

_WILLKOMMEN = """\
# sprache: de
# Begrüßt, wer neu ist, und kommt mit Tipps wieder zu denen, die sie möchten.
kontakt
  vorname  text

nachricht "Willkommen"
  art service
  kanal email
  betreff "Hallo {{ vorname | default('und willkommen') }}!"
  text \"\"\"
    Schön, dass du da bist.
    \"\"\"

nachricht "Tipps"
  art werbung
  kanal email
  betreff "Drei Tipps für den Anfang"
  text \"\"\"
    Einer am Tag, und am Sonntag weißt du alles.
    \"\"\"

kampagne "Willkommen"
  starte wenn getaggt mit "neu"
  sende "Willkommen"
  warte 3 tage
  wenn darf werbung erhalten per email
    sende "Tipps"
  tag "begrüßt"

test "wer zugestimmt hat, bekommt die Tipps"
  gegeben kontakt
    vorname "Anna"
    werbung per email
  am 2026-03-02 10:00 tag "neu"
  erwarte gesendet "Willkommen" am 2026-03-02 10:00
  erwarte gesendet "Tipps" am 2026-03-05 10:00
  erwarte getaggt mit "begrüßt"

test "wer nicht zugestimmt hat, bekommt keine"
  gegeben kontakt
  am 2026-03-02 10:00 tag "neu"
  nach 3 tagen
  erwarte nicht gesendet "Tipps"
  erwarte abgeschlossen in "Willkommen"
"""

_CONTACTS = """\
id,email,{first_name},consent
c1,anna@example.com,Anna,marketing by email
c2,ben@example.com,Ben,
"""

_EVENTS = """\
{{"at": "2026-03-02T10:00:00Z", "contact": "c1", "type": "tag", "tag": "{new}"}}
{{"at": "2026-03-02T11:00:00Z", "contact": "c2", "type": "tag", "tag": "{new}"}}
"""


class _Skeleton(NamedTuple):
    """What is written in the words of a language."""

    file: str
    campaign: str
    first_name: str
    """A field of the campaign."""
    new: str
    """The tag that starts it."""


_SKELETONS = {
    ENGLISH: _Skeleton("welcome.flow", _WELCOME, "first_name", "new"),
    "de": _Skeleton("willkommen.flow", _WILLKOMMEN, "vorname", "neu"),
}


def files(language: str) -> dict[str, str]:
    """Their texts by name.  A language without a skeleton of its own has the English one, with the
    keywords translated.
    """
    chosen = _SKELETONS.get(language) or _translated(language)
    named = "" if language == ENGLISH else f'language = "{language}"\n'
    return {
        "flow.toml": named + _TOML,
        chosen.file: chosen.campaign,
        "contacts.csv": _CONTACTS.format(first_name=chosen.first_name),
        "events.jsonl": _EVENTS.format(new=chosen.new),
    }


def _translated(language: str) -> _Skeleton:
    from flowlang.source import Findings, Source
    from flowlang.syntax.format import format_source
    from flowlang.syntax.parser import parse

    english = _SKELETONS[ENGLISH]
    parsed = parse(Source(english.file, english.campaign), Findings())
    return english._replace(campaign=format_source(parsed, language))
