"""The files of a new workspace, in the words of a language."""

from __future__ import annotations

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


def files(language: str) -> dict[str, str]:
    """Their texts by name.  A language without a skeleton of its own has the English one, with the
    keywords translated.
    """
    if language == "de":
        return _all(language, "willkommen.flow", _WILLKOMMEN, first_name="vorname", new="neu")
    welcome = _WELCOME if language == "en" else _translated(_WELCOME, language)
    return _all(language, "welcome.flow", welcome, first_name="first_name", new="new")


def _all(language: str, name: str, campaign: str, *, first_name: str, new: str) -> dict[str, str]:
    named = "" if language == "en" else f'language = "{language}"\n'
    return {
        "flow.toml": named + _TOML,
        name: campaign,
        "contacts.csv": _CONTACTS.format(first_name=first_name),
        "events.jsonl": _EVENTS.format(new=new),
    }


def _translated(text: str, language: str) -> str:
    from flowlang.source import Findings, Source
    from flowlang.syntax.format import format_source
    from flowlang.syntax.parser import parse

    return format_source(parse(Source("welcome.flow", text), Findings()), language)
