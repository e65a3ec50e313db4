"""Mistakes in names: FL101 to FL123."""

from flowlang.rules.mistakes import Mistake

_HELLO = """\
message "Hello"
  kind service
  channel email
  subject "Hello!"
  body "Good to have you with us."

"""
_STARTS = """\
campaign "Hello"
  start when tagged "new"
"""
_TEST = """\
campaign "Hello"
  start when tagged "new"
  tag "greeted"

test "whoever is new is greeted"
  given contact "anna"
  at 2026-03-02 10:00 tag "new"
  expect tagged "greeted" for "anna"
"""

PAGES = {
    "unknown-message": Mistake(
        "A message that is not declared.",
        "Names in quotes compare exactly, blanks and capitals too. The hint names the message"
        " that is most like it; else declare it with `message`.",
        f'{_HELLO}{_STARTS}  send "Helo"\n',
        f'{_HELLO}{_STARTS}  send "Hello"\n',
    ),
    "unknown-field": Mistake(
        "A field that the contact, the event or the record does not have.",
        "Fields are declared below `contact`, `event` and `records`; each contact has `id`,"
        " `email`, `mobile`, `language`, `timezone` and `created` besides. A text stands in"
        " quotes, else it is taken for a field.",
        'contact\n  score  number\n\nsegment "regulars"\n  scor >= 50\n',
        'contact\n  score  number\n\nsegment "regulars"\n  score >= 50\n',
    ),
    "unknown-event": Mistake(
        "An event that is not declared.",
        "Events are declared with `event`, with the data that they carry; only those of delivery"
        " (`opened`, `clicked`, `bounced`, `complained`, `unsubscribed`) are there by themselves.",
        'event purchase\n  total  number\n\ncampaign "Thanks"\n  start on purchse\n'
        '  tag "customer"\n',
        'event purchase\n  total  number\n\ncampaign "Thanks"\n  start on purchase\n'
        '  tag "customer"\n',
    ),
    "unknown-coupons": Mistake(
        "A coupon list that is not declared.",
        "A list is declared with `coupons`, with what is to happen when it runs out. Its codes"
        " come from a file or by an import.",
        'coupons "spring"\n  when empty halt\n  warn below 10\n\n'
        'segment "in time"\n  coupons left "sprnig" > 0\n',
        'coupons "spring"\n  when empty halt\n  warn below 10\n\n'
        'segment "in time"\n  coupons left "spring" > 0\n',
    ),
    "unknown-segment": Mistake(
        "A segment that is not declared.",
        "A segment is a condition with a name, declared with `segment`.",
        'segment "regulars"\n  tagged "regular"\n\n'
        f'{_STARTS}  if in segment "regular"\n    tag "greeted"\n',
        'segment "regulars"\n  tagged "regular"\n\n'
        f'{_STARTS}  if in segment "regulars"\n    tag "greeted"\n',
    ),
    "unknown-group": Mistake(
        "A group that is not declared.",
        "Groups are declared with `group`. Contacts join and leave them, by steps or by an import.",
        f'group "Newsletter"\n\n{_STARTS}  join group "Newsleter"\n',
        f'group "Newsletter"\n\n{_STARTS}  join group "Newsletter"\n',
    ),
    "unknown-calendar": Mistake(
        "A calendar that is not declared.",
        "A calendar is a set of days, declared with `calendar`.",
        f'calendar "office days"\n  on monday to friday\n\n{_STARTS}  wait 3 "office day"\n'
        '  tag "greeted"\n',
        f'calendar "office days"\n  on monday to friday\n\n{_STARTS}  wait 3 "office days"\n'
        '  tag "greeted"\n',
    ),
    "unknown-policy": Mistake(
        "A policy that is not declared.",
        "A policy says when mails may go out and how many, and is declared with `policy`.",
        'policy "Daytime"\n  send only between 08:00 and 20:00\n\n'
        f'{_HELLO}campaign "Hello"\n  policy "Day time"\n  start when tagged "new"\n'
        '  send "Hello"\n',
        'policy "Daytime"\n  send only between 08:00 and 20:00\n\n'
        f'{_HELLO}campaign "Hello"\n  policy "Daytime"\n  start when tagged "new"\n'
        '  send "Hello"\n',
    ),
    "unknown-campaign": Mistake(
        "A campaign that is not declared.",
        "Names in quotes compare exactly. The hint names the campaign that is most like it.",
        f'{_STARTS}  tag "greeted"\n\ntest "nobody is in it"\n  given contact\n'
        '  at 2026-03-02 10:00\n  expect not in "Helo"\n',
        f'{_STARTS}  tag "greeted"\n\ntest "nobody is in it"\n  given contact\n'
        '  at 2026-03-02 10:00\n  expect not in "Hello"\n',
    ),
    "unknown-records": Mistake(
        "Records that the contact does not have.",
        "Records are many rows for one contact, declared with `records` below `contact`; events"
        " are asked for in the same way.",
        'contact\n  records trip\n    place  text\n\nsegment "travellers"\n  any tripp\n',
        'contact\n  records trip\n    place  text\n\nsegment "travellers"\n  any trip\n',
    ),
    "unknown-channel": Mistake(
        "A channel that there is not.",
        "Messages go out by `email` or `sms`, or by a channel that `flow.toml` names as a webhook.",
        _HELLO.replace("channel email", "channel emial") + f'{_STARTS}  send "Hello"\n',
        f'{_HELLO}{_STARTS}  send "Hello"\n',
    ),
    "unknown-module": Mistake(
        "A module that the standard library does not have.",
        "`use` names a module of the standard library, or a file by its path: `use"
        ' "./shared.flow"`.',
        'use "birthdays"\n',
        'use "birthday"\n',
    ),
    "unknown-file": Mistake(
        "A file that is not there, that lies outside the workspace or that cannot be read.",
        "Paths start at the file that names them. They stay within the workspace, so that it can"
        " be moved and versioned as one.",
        _HELLO.replace('body "Good to have you with us."', 'body file "mails/hello.html"')
        + f'{_STARTS}  send "Hello"\n',
        f'{_HELLO}{_STARTS}  send "Hello"\n',
    ),
    "unknown-automation": Mistake(
        "An automation that is not declared.",
        "A test runs an automation by the name that stands behind `automation`.",
        'automation "Figures"\n  notify inbox "They are ready"\n\n'
        'test "they are told"\n  given contact\n  at 2026-03-02 10:00 run automation "Figure"\n'
        '  expect notified inbox contains "ready"\n',
        'automation "Figures"\n  notify inbox "They are ready"\n\n'
        'test "they are told"\n  given contact\n  at 2026-03-02 10:00 run automation "Figures"\n'
        '  expect notified inbox contains "ready"\n',
    ),
    "unknown-contact": Mistake(
        "A line of a test that speaks of a contact the test does not have.",
        '`given contact "anna"` makes one; with several, a closing `for "anna"` says who is meant.',
        _TEST.replace('for "anna"', 'for "ana"'),
        _TEST,
    ),
    "unknown-timezone": Mistake(
        "A time zone that there is not.",
        "Zones are named as in the IANA database, by continent and city: `Europe/Berlin`.",
        'campaign "Hello"\n  start when tagged "new"\n  timezone "Europe/Berln"\n  tag "greeted"\n',
        'campaign "Hello"\n  start when tagged "new"\n  timezone "Europe/Berlin"\n'
        '  tag "greeted"\n',
    ),
    "unknown-region": Mistake(
        "A country or a region whose holidays are not known.",
        'Countries are named by their code (`"AT"`), regions by both (`"DE-BW"`).',
        'calendar "office days"\n  on monday to friday\n  except holidays of "DE-XX"\n\n'
        f'{_STARTS}  wait 3 "office days"\n  tag "greeted"\n',
        'calendar "office days"\n  on monday to friday\n  except holidays of "DE-BW"\n\n'
        f'{_STARTS}  wait 3 "office days"\n  tag "greeted"\n',
    ),
    "unknown-measure": Mistake(
        "A figure that no `measure` counts.",
        "What a test expects under `measured` is counted by a step `measure` of that name.",
        "event purchase\n  total  number\n\n"
        f'{_STARTS}  measure "Bought" on purchase within 7 days\n\n'
        'test "a purchase counts"\n  given contact\n  at 2026-03-02 10:00 tag "new"\n'
        '  expect measured "Bougt" = 0\n',
        "event purchase\n  total  number\n\n"
        f'{_STARTS}  measure "Bought" on purchase within 7 days\n\n'
        'test "a purchase counts"\n  given contact\n  at 2026-03-02 10:00 tag "new"\n'
        '  expect measured "Bought" = 0\n',
    ),
    "unknown-report": Mistake(
        "A report that there is not.",
        "`flow report` lists the reports there are.",
        'automation "Figures"\n  every monday at 07:00\n'
        '  export report "sendings" to "sends.csv"\n',
        'automation "Figures"\n  every monday at 07:00\n  export report "sends" to "sends.csv"\n',
    ),
    "duplicate-name": Mistake(
        "Two declarations of one kind with one name.",
        "It could not be told which one is meant. The finding shows both places, at the second;"
        " rename one of them, or take it out. All files of a workspace share one set of names.",
        f'{_STARTS}  tag "greeted"\n\n{_STARTS}  tag "welcome"\n',
        f'{_STARTS}  tag "greeted"\n\n{_STARTS.replace("Hello", "Welcome")}  tag "welcome"\n',
    ),
    "conflicting-field": Mistake(
        "A field that is declared twice with two kinds of value.",
        "Several `contact` blocks add up, so a field may stand in several; its kind must be the"
        " same in all of them.",
        "contact\n  score  number\n\ncontact\n  score  text\n",
        "contact\n  score  number\n\ncontact\n  country  text\n",
    ),
    "duplicate-line": Mistake(
        "The same thing said twice in one block.",
        "Only one of both can hold. Take one out, or join them: conditions with `and`.",
        _HELLO.replace("  channel", "  kind marketing\n  channel") + f'{_STARTS}  send "Hello"\n',
        f'{_HELLO}{_STARTS}  send "Hello"\n',
    ),
    "name-too-long": Mistake(
        "A name of more than 200 characters.",
        "Most likely it is a text that stands in the place of a name. Names are kept with"
        " everything that is done under them, and data from outside cannot name anything longer.",
        _STARTS.replace("Hello", "Hello, it is good to have you with us; " * 5 + "and so on")
        + '  tag "greeted"\n',
        f'{_STARTS}  tag "greeted"\n',
    ),
}
