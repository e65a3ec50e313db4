"""What checking finds: names FL1xx, kinds FL2xx, templates FL3xx, campaigns FL4xx, tests FL5xx."""

from flowlang.source import Diagnostic

# ------------------------------------------------------------------ names
UNKNOWN_MESSAGE = Diagnostic("FL101", "unknown-message", "error", "there is no message `{name}`")
UNKNOWN_FIELD = Diagnostic("FL102", "unknown-field", "error", "{whose} has no field `{name}`")
UNKNOWN_EVENT = Diagnostic("FL103", "unknown-event", "error", "there is no event `{name}`")
UNKNOWN_COUPONS = Diagnostic(
    "FL104", "unknown-coupons", "error", "there is no coupon list `{name}`"
)
UNKNOWN_SEGMENT = Diagnostic("FL105", "unknown-segment", "error", "there is no segment `{name}`")
UNKNOWN_GROUP = Diagnostic("FL106", "unknown-group", "error", "there is no group `{name}`")
UNKNOWN_CALENDAR = Diagnostic("FL107", "unknown-calendar", "error", "there is no calendar `{name}`")
UNKNOWN_POLICY = Diagnostic("FL108", "unknown-policy", "error", "there is no policy `{name}`")
UNKNOWN_CAMPAIGN = Diagnostic("FL109", "unknown-campaign", "error", "there is no campaign `{name}`")
UNKNOWN_RECORDS = Diagnostic("FL110", "unknown-records", "error", "there are no records `{name}`")
UNKNOWN_CHANNEL = Diagnostic("FL111", "unknown-channel", "error", "there is no channel `{name}`")
UNKNOWN_MODULE = Diagnostic("FL112", "unknown-module", "error", "there is no module `{name}`")
UNKNOWN_FILE = Diagnostic("FL113", "unknown-file", "error", "the file `{name}` {why}")
UNKNOWN_AUTOMATION = Diagnostic(
    "FL114", "unknown-automation", "error", "there is no automation `{name}`"
)
UNKNOWN_CONTACT = Diagnostic("FL115", "unknown-contact", "error", "{what}")
UNKNOWN_ZONE = Diagnostic("FL116", "unknown-timezone", "error", "there is no time zone `{name}`")
UNKNOWN_REGION = Diagnostic(
    "FL117", "unknown-region", "error", "no holidays are known for `{name}`"
)
UNKNOWN_MEASURE = Diagnostic("FL118", "unknown-measure", "error", "nothing is measured as `{name}`")
UNKNOWN_REPORT = Diagnostic("FL119", "unknown-report", "error", "there is no report `{name}`")
DUPLICATE_NAME = Diagnostic("FL120", "duplicate-name", "error", "{what} `{name}` is declared twice")
CONFLICTING_FIELD = Diagnostic(
    "FL121", "conflicting-field", "error", "the field `{name}` is {kind} here and {other} elsewhere"
)
DUPLICATE_LINE = Diagnostic("FL122", "duplicate-line", "error", "{what} is said twice")
NAME_TOO_LONG = Diagnostic(
    "FL123", "name-too-long", "error",
    "a name has {most} characters at most, this one has {count:,}",
)  # fmt: skip

# ------------------------------------------------------------------ kinds
TYPE_MISMATCH = Diagnostic("FL201", "type-mismatch", "error", "{what}")
BAD_VALUE = Diagnostic("FL202", "bad-value", "error", "{what}")
NOT_A_CONDITION = Diagnostic(
    "FL203", "not-a-condition", "error", "a condition stands here, not {kind}"
)
NOT_A_CHOICE = Diagnostic(
    "FL204", "not-a-choice", "error", '"{value}" is not one of the values of `{name}`'
)
BAD_PATTERN = Diagnostic("FL205", "bad-pattern", "error", "the pattern cannot be read: {why}")
OUT_OF_PLACE = Diagnostic("FL206", "out-of-place", "error", "{what}")
SHARES = Diagnostic(
    "FL207", "shares-not-100", "error", "the shares must sum to 100%, here to {sum}%"
)
DAY_EXCEPTED = Diagnostic(
    "FL208", "day-excepted", "warning", "{day} never counts: an `except` takes it away"
)

# ------------------------------------------------------------------ templates
TEMPLATE_SYNTAX = Diagnostic(
    "FL301", "template-syntax", "error", "the template cannot be read: {why}"
)
TEMPLATE_FIELD = Diagnostic("FL302", "unknown-placeholder", "error", "{what}")
TEMPLATE_EVENT = Diagnostic("FL303", "event-without-field", "error", "{what}")
TEMPLATE_UNSAFE = Diagnostic("FL304", "unsafe-template", "error", "{what}")
TEMPLATE_FILTER = Diagnostic("FL305", "unknown-filter", "error", "there is no filter `{name}`")
MISSING_PART = Diagnostic("FL306", "missing-part", "error", "{what}")

# ------------------------------------------------------------------ campaigns
UNREACHABLE = Diagnostic(
    "FL401", "unreachable-step", "warning", "this step is never reached: {why}"
)
NO_START = Diagnostic("FL402", "no-start", "error", "nothing starts the campaign `{name}`")
SETTING_AFTER_STEP = Diagnostic(
    "FL403", "setting-after-step", "error", "settings of a campaign stand above its steps"
)
CONTACT_STEP_IN_AUTOMATION = Diagnostic(
    "FL404", "contact-step-in-automation", "error",
    "an automation acts on the system (S), `{what}` acts on one contact (K)",
)  # fmt: skip
JOB_IN_CAMPAIGN = Diagnostic(
    "FL405", "job-in-campaign", "error",
    "a campaign acts on one contact (K), `{what}` acts on the system (S)",
)  # fmt: skip
GOAL_NOT_ON_TOP = Diagnostic(
    "FL406", "goal-in-block", "error", "goals stand on the top level of a campaign only"
)
TIME_IS_NO_TRIGGER = Diagnostic(
    "FL407", "time-is-no-trigger", "warning",
    "time starts nothing: this condition is looked at when something happens to the contact",
)  # fmt: skip
CANNOT_START = Diagnostic("FL408", "cannot-start", "error", "{what}")
EXISTING_BY_EVENT = Diagnostic(
    "FL409", "existing-by-event", "error",
    "`include existing contacts` needs a `start when`:"
    " an event does not happen to those who are there",
)  # fmt: skip
NO_STEPS = Diagnostic("FL410", "no-steps", "error", "the {what} `{name}` has no steps")
RUN_KEY = Diagnostic("FL411", "run-key", "error", "{what}")
LEAVE_OUTSIDE = Diagnostic("FL412", "leave-outside", "error", "{what}")
NO_SCHEDULE = Diagnostic("FL413", "no-schedule", "error", "{what}")

# ------------------------------------------------------------------ tests
TEST_VALUE = Diagnostic("FL501", "value-in-test", "error", "values in a test are written out")
TEST_TIME = Diagnostic("FL502", "time-goes-forward", "error", "time in a test only goes forward")
TEST_ACTION = Diagnostic("FL503", "no-test-action", "error", "{what}")
GIVEN_TOO_LATE = Diagnostic(
    "FL504", "given-too-late", "error",
    "what is given happened before the test begins, at its first `at`",
)  # fmt: skip
