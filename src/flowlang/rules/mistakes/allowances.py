"""Mistakes in comments that allow something: FL901 to FL905."""

from flowlang.rules.mistakes import Mistake

_ALLOWED = """\
campaign "Survey"
  start when tagged "asked"
  wait until tagged "answered"  # flow: allow wait-without-end because support closes them
  tag "done"
"""

PAGES = {
    "unused-allowance": Mistake(
        "A comment that allows what is no longer found.",
        "It can go; the fix takes it out. So nobody believes that the rule is broken there.",
        _ALLOWED.replace('tagged "answered"', 'tagged "answered" at most 2 days'),
        _ALLOWED,
    ),
    "allowance-without-reason": Mistake(
        "A comment that allows something and does not say why.",
        "Who reads the file later has to know why a rule does not hold there.",
        _ALLOWED.replace(" because support closes them", ""),
        _ALLOWED,
    ),
    "unknown-rule": Mistake(
        "A comment that names no rule, or a mistake.",
        "A comment can allow what rules find, each by its name. A mistake makes a campaign"
        " unusable, so no comment can allow it. `flow rule --all` lists all names.",
        _ALLOWED.replace("  tag", "  # flow: allow wait-witout-end because it is so\n  tag"),
        _ALLOWED,
    ),
    "locked-rule": Mistake(
        "A comment that would allow what a locked rule finds.",
        "A rule that guards a law, or that `locked` in flow.toml names, holds for every file."
        " Change what is found; or `flow.toml` changes the rule, with a reason.",
        _ALLOWED.replace("  tag", "  # flow: allow send-after-withdrawal because it is so\n  tag"),
        _ALLOWED,
    ),
    "unreadable-allowance": Mistake(
        "A comment that would allow a change and does not say until when and why.",
        "`flow diff` goes by such comments, and one that it cannot read allows nothing.",
        _ALLOWED.replace("  tag", "  # flow: allow change because it is so\n  tag"),
        _ALLOWED.replace(
            "  tag", "  # flow: allow change until 2027-12-31 because it is so\n  tag"
        ),
    ),
}
