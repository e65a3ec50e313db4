"""Marketing without a link to unsubscribe in its text.

Each marketing mail carries a header by which mail programs show a button. Many readers never see
that, and the law asks for a way out in the mail itself. Put `{{ unsubscribe_link }}` into the
footer.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts
from flowlang.speech import tr

RULE = Rule(
    __name__, "FL703", "off", '"{message}" has no link to unsubscribe in its text', legal=True
)

BAD = """\
message "Offer"
  kind marketing
  channel email
  subject "An offer"
  body "Have a look."
"""
GOOD = """\
message "Offer"
  kind marketing
  channel email
  subject "An offer"
  body "Have a look. No more of it: {{ unsubscribe_link }}"
"""


@RULE.workspace()
def check(look: Look) -> Hits:
    """Bodies of marketing mails."""
    for text in texts(look):
        message = text.message
        if text.what != "body" or message.kind != "marketing" or message.channel != "email":
            continue
        if "unsubscribe_link" not in text.part.text:
            hint = tr("put `{{{{ unsubscribe_link }}}}` into its footer")
            yield Hit(message.span, {"message": message.name}, hint)
