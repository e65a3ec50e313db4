"""A message without the language that the others have.

Other messages of this workspace have a text `in "de"`, and this one has none: those contacts get
it in the shared language. Add the variant, or say that it is meant.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule

RULE = Rule(__name__, "FL748", "info", '"{message}" has no text in "{language}"')

BAD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us."
  in "de"
    subject "Hallo!"
    body "Schön, dass du da bist."

message "Thanks"
  kind service
  channel email
  subject "Thank you!"
  body "You are welcome."
  in "de"
    subject "Danke!"
    body "Gern geschehen."

message "Goodbye"
  kind service
  channel email
  subject "Goodbye!"
  body "Come again."
"""
GOOD = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us."
  in "de"
    subject "Hallo!"
    body "Schön, dass du da bist."

message "Thanks"
  kind service
  channel email
  subject "Thank you!"
  body "You are welcome."
  in "de"
    subject "Danke!"
    body "Gern geschehen."

message "Goodbye"
  kind service
  channel email
  subject "Goodbye!"
  body "Come again."
  in "de"
    subject "Auf Wiedersehen!"
    body "Komm bald wieder."
"""


@RULE.workspace()
def check(look: Look) -> Hits:
    """Messages against the languages that most of all have."""
    messages = list(look.names.messages.values())
    languages = sorted({one for message in messages for one in message.variants if one})
    for language in languages:
        having = sum(language in message.variants for message in messages)
        if having * 2 <= len(messages):
            continue
        for message in messages:
            if language not in message.variants and look.is_own(message.span):
                yield Hit(message.span, {"message": message.name, "language": language})
