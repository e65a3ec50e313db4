"""What is found about the comments that allow something."""

from flowlang.source import Diagnostic

UNUSED = Diagnostic(
    "FL901", "unused-allowance", "warning", "there is nothing of `{name}` here to allow",
    "The comment allows what is no longer found, so it can go.",
)  # fmt: skip
NO_REASON = Diagnostic(
    "FL902", "allowance-without-reason", "error", "say why: `because …`",
    "Who reads the file later has to know why a rule does not hold there.",
)  # fmt: skip
UNKNOWN = Diagnostic("FL903", "unknown-rule", "error", "{what}")
LOCKED = Diagnostic(
    "FL904", "locked-rule", "error", "`{name}` is locked: {why}",
    "A rule that guards a law, or that `locked` in flow.toml names, holds for every file.",
)  # fmt: skip
