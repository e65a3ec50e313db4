"""Mistakes in messages and their templates: FL301 to FL306."""

from flowlang.rules.mistakes import Mistake

_FIELDS = """\
contact
  first_name  text

"""
_HELLO = """\
message "Hello"
  kind service
  channel email
  subject "Hello {{ first_name | default('friend') }}!"
  body "Good to have you with us."
"""
_SENT = """
campaign "Hello"
  start when tagged "new"
  send "Hello"
"""
_GOOD = _FIELDS + _HELLO + _SENT

PAGES = {
    "template-syntax": Mistake(
        "A template that Jinja cannot read.",
        "`{{ … }}` shows a value, `{% if … %}` opens a block that `{% endif %}` closes. Texts in"
        " them stand in straight single quotes.",
        _GOOD.replace("default('friend')", "default('friend'"),
        _GOOD,
    ),
    "unknown-placeholder": Mistake(
        "A placeholder of a name that is not declared.",
        "It would stay empty for everyone. Templates know the fields and records of the contact,"
        " the data of the run (`event.…`, `reply.…`, `answer.…`) and a few functions.",
        _GOOD.replace("{{ first_name", "{{ first_nam"),
        _GOOD,
    ),
    "event-without-field": Mistake(
        "A message that shows data of an event, sent where no event brings them.",
        "The finding names the send. Let an event start the campaign that carries the value, or"
        " show something that the contact has.",
        _GOOD.replace("{{ first_name", "{{ event.name"),
        "event sign_up\n  name  text\n\n"
        + _HELLO.replace("{{ first_name", "{{ event.name")
        + _SENT.replace('start when tagged "new"', "start on sign_up"),
    ),
    "unsafe-template": Mistake(
        "A shape that has no place in a template.",
        "Templates show data: no macros, no includes, no loops more than two deep, no calls but"
        " those of flow. So it is known before anything is sent that none can run for long or"
        " reach further.",
        _GOOD.replace("Good to have you", "{% include 'x' %} Good to have you"),
        _GOOD,
    ),
    "unknown-filter": Mistake(
        "A filter that there is not.",
        "Filters change how a value is shown: `date`, `money`, `default`, `upper` and some more."
        " The hint names the one that is most like it.",
        _GOOD.replace("| default(", "| defalt("),
        _GOOD,
    ),
    "missing-part": Mistake(
        "A message that lacks a part it cannot go out without.",
        "Each message says its kind and its channel and has a body; a mail has a subject too.",
        _GOOD.replace("  kind service\n", ""),
        _GOOD,
    ),
}
