"""What is found about the comments that allow something."""

from flowlang.source import Diagnostic

UNUSED = Diagnostic(
    "FL901", "unused-allowance", "warning", "there is nothing of `{name}` here to allow"
)
NO_REASON = Diagnostic("FL902", "allowance-without-reason", "error", "say why: `because …`")
UNKNOWN = Diagnostic("FL903", "unknown-rule", "error", "{what}")
LOCKED = Diagnostic("FL904", "locked-rule", "error", "`{name}` is locked: {why}")
UNREADABLE = Diagnostic("FL905", "unreadable-allowance", "error", "{what}")
