"""Mistakes in campaigns and automations: FL401 to FL413."""

from flowlang.rules.mistakes import Mistake

_STARTS = """\
campaign "Hello"
  start when tagged "new"
"""
_PURCHASE = """\
event purchase
  order_id  text
  total     number

"""

PAGES = {
    "unreachable-step": Mistake(
        "A step that no contact comes to.",
        "What stands before it ends the run in every case. Take it out, or move it up.",
        f'{_STARTS}  stop\n  tag "greeted"\n',
        f'{_STARTS}  tag "greeted"\n',
    ),
    "no-start": Mistake(
        "A campaign that nothing starts.",
        "Say when it starts with `start when` or `start on`, or let another campaign start it"
        " with `start campaign`.",
        'campaign "Hello"\n  tag "greeted"\n',
        f'{_STARTS}  tag "greeted"\n',
    ),
    "setting-after-step": Mistake(
        "A setting of a campaign that stands among its steps.",
        "Settings hold for the whole campaign, wherever a contact stands. They stand above the"
        " steps, so that nobody takes one for a step.",
        f'{_STARTS}  tag "greeted"\n  stop when tagged "gone"\n  wait 2 days\n  tag "known"\n',
        f'{_STARTS}  stop when tagged "gone"\n  tag "greeted"\n  wait 2 days\n  tag "known"\n',
    ),
    "contact-step-in-automation": Mistake(
        "A step about one contact in an automation.",
        "An automation acts on the system (S): on groups, segments, lists and files. What is done"
        " for one contact (K) stands in a campaign, which an automation can start for a whole"
        " segment.",
        'automation "Mondays"\n  every monday at 07:00\n  tag "greeted"\n',
        'automation "Mondays"\n  every monday at 07:00\n  notify inbox "It is Monday"\n',
    ),
    "job-in-campaign": Mistake(
        "A job for many contacts in a campaign.",
        "A campaign acts on one contact (K), and is run for each: the job would be done once for"
        " every one of them. Jobs stand in an automation (S).",
        f'{_STARTS}  export contacts to "new.csv"\n',
        'automation "Export"\n  every monday at 07:00\n  export contacts to "new.csv"\n',
    ),
    "goal-in-block": Mistake(
        "A goal within a branch or a loop.",
        "A contact that stands anywhere before a goal jumps to it, so a goal stands on the top"
        " level of the campaign, where everyone can come.",
        f'{_STARTS}  wait 2 days\n  if email is set\n    goal "Bought" when tagged "customer"\n'
        '    tag "b"\n  tag "a"\n',
        f'{_STARTS}  wait 2 days\n  goal "Bought" when tagged "customer"\n  tag "a"\n',
    ),
    "time-is-no-trigger": Mistake(
        "A start that waits for a day to come.",
        "A start is looked at when something happens to the contact; that a day has come is"
        " nothing that happens. Declare an event with a schedule that finds the contacts, and"
        " start on it.",
        'contact\n  birthday  date\n\ncampaign "Birthday"\n'
        '  start when anniversary of birthday is today\n  tag "birthday"\n',
        "contact\n  birthday  date\n\nevent birthday_today\n  every day at 08:00\n"
        "  for contacts where anniversary of birthday is today\n\n"
        'campaign "Birthday"\n  start on birthday_today\n  runs again\n  tag "birthday"\n',
    ),
    "cannot-start": Mistake(
        "A campaign that a step cannot start.",
        "One that is keyed by an event, or that speaks of the event that started it, needs that"
        " event. Start it by the event, or take what it needs from the contact.",
        f'{_PURCHASE}campaign "Thanks"\n  start on purchase\n  runs once per event.order_id\n'
        f'  tag "thanked"\n\n{_STARTS}  start campaign "Thanks"\n',
        f'{_PURCHASE}campaign "Thanks"\n  start on purchase\n'
        f'  tag "thanked"\n\n{_STARTS}  start campaign "Thanks"\n',
    ),
    "existing-by-event": Mistake(
        "`include existing contacts` in a campaign that only events start.",
        "The line lets a new campaign look once at everyone for whom its `start when` holds. An"
        " event does not happen to those who are there already.",
        f'{_PURCHASE}campaign "Thanks"\n  start on purchase\n  include existing contacts\n'
        '  tag "thanked"\n',
        f'{_PURCHASE}campaign "Thanks"\n  start when purchase happened\n'
        '  include existing contacts\n  tag "thanked"\n',
    ),
    "no-steps": Mistake(
        "A campaign or an automation in which nothing is done.",
        "Below the settings stand the steps: what is sent, waited for, decided and changed.",
        _STARTS,
        f'{_STARTS}  tag "greeted"\n',
    ),
    "run-key": Mistake(
        "A key that no event brings.",
        "`runs once per event.order_id` gives a contact one run for each order. So the campaign"
        " has to start on events that have that field, and the key is written with `event.`"
        " before it.",
        f'{_PURCHASE}campaign "Thanks"\n  start on purchase\n  runs once per order_id\n'
        '  tag "thanked"\n',
        f'{_PURCHASE}campaign "Thanks"\n  start on purchase\n  runs once per event.order_id\n'
        '  tag "thanked"\n',
    ),
    "leave-outside": Mistake(
        "A `leave` outside of any loop.",
        "`leave` goes on behind the `repeat` that it stands in. To end the whole run, write"
        " `stop`.",
        f'{_STARTS}  if email is set\n    leave\n  tag "greeted"\n',
        f'{_STARTS}  if email is set\n    stop\n  tag "greeted"\n',
    ),
    "no-schedule": Mistake(
        "An event with a schedule that does not say whom it concerns.",
        "An event made by the system has a schedule (`every day at 08:00`) and says for whom"
        " (`for contacts where …`, `for each …`). One that comes from outside has neither.",
        "contact\n  birthday  date\n\nevent birthday_today\n  every day at 08:00\n\n"
        'campaign "Birthday"\n  start on birthday_today\n  runs again\n  tag "birthday"\n',
        "contact\n  birthday  date\n\nevent birthday_today\n  every day at 08:00\n"
        "  for contacts where anniversary of birthday is today\n\n"
        'campaign "Birthday"\n  start on birthday_today\n  runs again\n  tag "birthday"\n',
    ),
}
