"""A text message that is sent, and paid, in several parts.

An SMS has 160 characters, or 70 with letters beyond its alphabet (emoji, Cyrillic). A longer one
is cut, and each part costs.
"""

from flowlang.rules.rule import Hit, Hits, Look, Rule
from flowlang.rules.texts import texts, with_placeholders

RULE = Rule(
    __name__, "FL749", "info", "this text has about {length} characters, {most} fit one SMS"
)

BAD = """\
message "Table"
  kind service
  channel sms
  body \"\"\"
    Your table is ready. Please come within the next fifteen minutes, for we can keep it no longer
    than that. If you are late, just call us, and we will find another one for you.
    \"\"\"
"""
GOOD = """\
message "Table"
  kind service
  channel sms
  body "Your table is ready. Please come within fifteen minutes."
"""

_SHOWN = "x" * 8
"""What a placeholder is taken for."""
_ALPHABET = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    "ÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà^{}\\[~]|€"
)


@RULE.workspace()
def check(look: Look) -> Hits:
    """Bodies of text messages."""
    for text in texts(look):
        if text.message.channel != "sms" or text.what != "body":
            continue
        shown = with_placeholders(text.part.text, _SHOWN)
        most = 160 if _ALPHABET.issuperset(shown) else 70
        if len(shown) > most:
            words = {"length": len(shown), "most": most}
            yield Hit(text.part.span, words, home=text.message.span)
