"""Every job that the clock starts, in this one table: how often, what it heals, and how late it may be.

Beat's schedule, the operators' page and the alarms read it. `late_after` counts from a job's last good end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from celery.schedules import crontab

from common.queues import TASKS, Queue


@dataclass(frozen=True, kw_only=True)
class Job:
    """`task` runs every so often, or once a day at a time in UTC; `heals` says in plain words what it is for."""

    name: str
    task: str
    every: timedelta | time
    late_after: timedelta
    heals: str

    @property
    def queue(self) -> Queue:
        return TASKS[self.task]

    @property
    def period(self) -> str:
        """How often, in words."""
        if isinstance(self.every, time):
            return f"daily at {self.every:%H:%M} UTC"
        seconds = int(self.every.total_seconds())
        for unit, length in (("hour", 3600), ("minute", 60)):
            if seconds % length == 0:
                count = seconds // length
                return f"every {unit}" if count == 1 else f"every {count} {unit}s"
        return f"every {seconds} seconds"

    @property
    def schedule(self) -> timedelta | crontab:
        """As beat has it."""
        if isinstance(self.every, time):
            return crontab(hour=str(self.every.hour), minute=str(self.every.minute))
        return self.every


_DAILY = timedelta(hours=26)

JOBS = (
    Job(
        name="messages",
        task="notifications.sweep_messages",
        every=timedelta(seconds=20),
        late_after=timedelta(minutes=5),
        heals="Sends messages that a crash, a lost wake-up or a failed try has left.",
    ),
    Job(
        name="payments",
        task="billing.sweep_payments",
        every=timedelta(seconds=30),
        late_after=timedelta(minutes=10),
        heals="Asks Stripe about payments without news, and takes over news that waits.",
    ),
    Job(
        name="refunds",
        task="billing.send_refunds",
        every=timedelta(seconds=30),
        late_after=timedelta(minutes=10),
        heals="Sends refunds that were promised and have not gone.",
    ),
    Job(
        name="expired-holds",
        task="booking.sweep_pending",
        every=timedelta(seconds=60),
        late_after=timedelta(minutes=10),
        heals="Ends holds and requests whose time is over, and tells the patients.",
    ),
    Job(
        name="reminders",
        task="booking.queue_reminders",
        every=timedelta(seconds=60),
        late_after=timedelta(minutes=15),
        heals="Reminds people of their visits, each day’s once, at the clinic’s hour.",
    ),
    Job(
        name="cancellings",
        task="booking.sweep_cancellings",
        every=timedelta(seconds=60),
        late_after=timedelta(minutes=20),
        heals="Goes on cancelling the appointments of a closed place, time off or a suspended doctor.",
    ),
    Job(
        name="listing",
        task="booking.refill_listing",
        every=timedelta(seconds=60),
        late_after=timedelta(minutes=10),
        heals="Writes anew the free times that search shows, as times pass and places change their hours.",
    ),
    Job(
        name="audit-seal",
        task="audit.seal_events",
        every=timedelta(seconds=60),
        late_after=timedelta(minutes=10),
        heals="Seals new events of the audit log into its chain.",
    ),
    Job(
        name="publishing",
        task="home.publish_scheduled_pages",
        every=timedelta(seconds=60),
        late_after=timedelta(minutes=15),
        heals="Publishes and unpublishes the pages whose hour has come.",
    ),
    Job(
        name="watch",
        task="home.watch",
        every=timedelta(seconds=60),
        late_after=timedelta(minutes=10),
        heals="Writes an alarm into the log for whatever stands still or differs.",
    ),
    Job(
        name="pictures",
        task="home.draw_pictures",
        every=timedelta(seconds=60),
        late_after=timedelta(hours=1),
        heals="Adds the smaller form of pictures that pages show.",
    ),
    Job(
        name="evidence",
        task="verification.sweep_evidence",
        every=timedelta(minutes=2),
        late_after=timedelta(minutes=30),
        heals="Checks doctors’ files for viruses that have waited for it.",
    ),
    Job(
        name="documents",
        task="records.sweep_documents",
        every=timedelta(minutes=2),
        late_after=timedelta(minutes=30),
        heals="Checks patients’ files for viruses that have waited for it.",
    ),
    Job(
        name="work-accounts",
        task="accounts.refresh_outside_tokens",
        every=timedelta(minutes=5),
        late_after=timedelta(minutes=30),
        heals="Signs out whoever the work sign-in does not stand for any more.",
    ),
    Job(
        name="receipts",
        task="billing.draw_receipts",
        every=timedelta(minutes=5),
        late_after=timedelta(minutes=30),
        heals="Draws receipts that have no file yet.",
    ),
    Job(
        name="facets",
        task="doctors.fold_facets",
        every=timedelta(minutes=5),
        late_after=timedelta(hours=1),
        heals="Sums up the counts beside the filters of search, so that they stay quick.",
    ),
    Job(
        name="old-messages",
        task="notifications.purge_messages",
        every=time(3, 50),
        late_after=_DAILY,
        heals="Forgets what old messages said, and keeps that they were sent.",
    ),
    Job(
        name="exports",
        task="records.sweep_exports",
        every=timedelta(minutes=10),
        late_after=timedelta(hours=1),
        heals="Goes on with records that patients take away, and removes files past their seven days.",
    ),
    # Days end at the clinic's midnight, and whoever was held by a booking is found the next time.
    Job(
        name="credentials",
        task="verification.expire_credentials",
        every=timedelta(hours=1),
        late_after=timedelta(hours=3),
        heals="Ends the verification of doctors whose credential has run out.",
    ),
    Job(
        name="credential-warnings",
        task="verification.warn_of_expiry",
        every=timedelta(hours=1),
        late_after=timedelta(hours=6),
        heals="Tells doctors whose credential runs out soon.",
    ),
    Job(
        name="prescriptions",
        task="records.expire_prescriptions",
        every=timedelta(hours=1),
        late_after=timedelta(hours=6),
        heals="Writes down which prescriptions are over.",
    ),
    Job(
        name="sessions",
        task="accounts.sweep_sessions",
        every=timedelta(hours=1),
        late_after=timedelta(hours=6),
        heals="Removes what is left of sessions long over.",
    ),
    Job(
        name="expired",
        task="common.sweep_expired",
        every=timedelta(hours=1),
        late_after=timedelta(hours=6),
        heals="Removes keys, sessions, cached values and counts that answer nothing any more.",
    ),
    Job(
        name="upload-orphans",
        task="common.sweep_uploads",
        every=timedelta(hours=6),
        late_after=timedelta(hours=18),
        heals="Removes the bytes of uploads that were undone.",
    ),
    Job(
        name="audit-anchor",
        task="audit.log_anchor",
        every=time(3, 10),
        late_after=_DAILY,
        heals="Writes the end of the audit log’s chain where the database cannot reach.",
    ),
    Job(
        name="enquiries",
        task="home.forget_enquiries",
        every=time(3, 40),
        late_after=_DAILY,
        heals="Deletes what came by the contact pages and was answered long ago.",
    ),
    Job(
        name="reconciliation",
        task="billing.reconcile",
        every=time(4, 20),
        late_after=_DAILY,
        heals="Holds our payments against Stripe’s, and mends what differs.",
    ),
)

JOB_OF = {job.task: job for job in JOBS}


def beat_schedule() -> dict[str, Any]:
    """For CELERY_BEAT_SCHEDULE. What has waited for as long as would be alarming is not run any more: newer ones wait
    behind it."""
    return {
        job.name: {
            "task": job.task,
            "schedule": job.schedule,
            "options": {"expires": int(job.late_after.total_seconds())},
        }
        for job in JOBS
    }
