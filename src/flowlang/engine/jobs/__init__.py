"""The jobs of automations: one class each, by the name that the steps call it by."""

from flowlang.engine.jobs.contacts import (
    AddSegment,
    ExportContacts,
    ImportContacts,
    RemoveSegment,
    StartCampaign,
)
from flowlang.engine.jobs.coupons import RefillCoupons
from flowlang.engine.jobs.group_send import GroupSend
from flowlang.engine.jobs.job import Job, JobFailed, JobRefused, Outcome
from flowlang.engine.jobs.reports import ExportReport

JOBS: dict[str, type[Job]] = {
    "send": GroupSend,
    "start campaign": StartCampaign,
    "add segment": AddSegment,
    "remove segment": RemoveSegment,
    "import contacts": ImportContacts,
    "export contacts": ExportContacts,
    "export report": ExportReport,
    "refill coupons": RefillCoupons,
}

__all__ = ["JOBS", "Job", "JobFailed", "JobRefused", "Outcome"]
