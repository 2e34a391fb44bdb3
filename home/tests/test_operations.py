"""The operators' page, and what raises an alarm. Each alarm is raised by the very rows that it is about."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from audit.services import event_record, events_seal
from billing.models import Reconciliation
from common import clock
from common.models import JobOutcome, JobRun, LostTask
from common.periodic import JOBS
from doctors.models import Listing
from doctors.tests.factories import DoctorFactory, LocationFactory
from home.operations import alarms_of, figures_now
from home.tasks import watch
from notifications.models import Message
from notifications.states import MessageStatus, Withheld
from notifications.tests.factories import MessageFactory

pytestmark = pytest.mark.django_db
BACKEND = "accounts.backends.AccountBackend"


def alarms() -> list[str]:
    return [alarm.name for alarm in alarms_of(figures_now(clock.now()))]


def ago(**time: float) -> Any:
    return clock.now() - timedelta(**time)


def desk_of(role: Role) -> Client:
    desk = Client()
    desk.force_login(UserFactory.create(roles=[role]), backend=BACKEND)
    return desk


def late_message() -> None:
    MessageFactory(due_at=ago(minutes=6))


def failed_message() -> None:
    MessageFactory(status=MessageStatus.FAILED)


def late_job() -> None:
    JobRun.objects.create(name="refunds", noticed_at=ago(days=2), done_at=ago(minutes=11))


def lost_task() -> None:
    LostTask.objects.create(task="records.build_export", arguments=[7], error="WorkerLostError", at=ago(hours=23))


def job_never_done() -> None:
    JobRun.objects.create(name="refunds", noticed_at=ago(minutes=11), outcome=JobOutcome.FAILED, error="ValueError")


def difference() -> None:
    Reconciliation.objects.create(since=ago(days=8), until=clock.now(), run_at=clock.now(), stripe_minor=4500)


def unsealed_event() -> None:
    with pytest.MonkeyPatch.context() as earlier:
        then = ago(minutes=11)
        earlier.setattr("common.clock.now", lambda: then)
        event_record("settings.changed", LocationFactory(), actor=None)


def stale_listing() -> None:
    doctor = DoctorFactory.create()
    Listing.objects.filter(doctor=doctor).delete()
    Listing.objects.create(doctor=doctor, next_available_at=ago(minutes=11))


def stale_place() -> None:
    LocationFactory(listings_stale_since=ago(minutes=11))


RAISED_BY: dict[Callable[[], None], str] = {
    late_message: "message_late",
    failed_message: "messages_failed",
    late_job: "job_late",
    job_never_done: "job_late",
    lost_task: "tasks_lost",
    difference: "reconciliation_differs",
    unsealed_event: "seal_behind",
    stale_listing: "listing_stale",
    stale_place: "listing_stale",
}


@pytest.mark.parametrize("cause", RAISED_BY, ids=lambda cause: cause.__name__)
def test_each_alarm_is_one_line_of_the_log(cause: Callable[[], None], caplog: pytest.LogCaptureFixture) -> None:
    assert alarms() == []
    cause()
    with caplog.at_level(logging.ERROR, logger="home.tasks"):
        assert watch() == 1
    (record,) = [record for record in caplog.records if record.name == "home.tasks"]
    assert record.getMessage().startswith(f"alarm={RAISED_BY[cause]} ")
    assert getattr(record, "alarm") == RAISED_BY[cause]  # noqa: B009


def test_what_is_in_time_raises_none() -> None:
    MessageFactory(due_at=ago(minutes=4))
    # It waits for the next step of its ladder.
    MessageFactory(status=MessageStatus.WAITING, created_at=ago(hours=3), due_at=clock.now() + timedelta(minutes=5))
    MessageFactory(status=MessageStatus.SENT, due_at=ago(days=3))
    LostTask.objects.create(task="records.build_export", error="WorkerLostError", at=ago(hours=25))
    for job in JOBS:
        JobRun.objects.create(name=job.name, noticed_at=ago(days=9), done_at=clock.now() - job.late_after * 0.9)
    Reconciliation.objects.create(
        since=ago(days=8), until=clock.now(), run_at=clock.now(), stripe_minor=1, ours_minor=1, differences=[{}]
    )
    event_record("settings.changed", LocationFactory(), actor=None)
    events_seal()
    assert alarms() == []


def test_with_the_broker_away_the_page_says_so(settings: Any) -> None:
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    assert alarms() == ["broker_away"]
    assert "The broker does not answer" in desk_of(Role.ADMINISTRATOR).get(reverse("operations")).content.decode()


def test_with_the_files_away_somebody_is_called(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_ROOT = tmp_path / "none"
    assert alarms() == ["files_away"]


def test_the_page_shows_every_job_and_names_nobody(redis_client: Any) -> None:
    redis_client.lpush("bulk", "x", "y", "z")
    failed = MessageFactory(status=MessageStatus.FAILED, email="ada@example.org", last_error="SMTPDataError 554")
    late_job()
    lost_task()
    page = desk_of(Role.ADMINISTRATOR).get(reverse("operations")).content.decode()
    assert all(job.heals in page for job in JOBS)
    assert "<td>bulk</td><td>3</td>" in page
    assert "SMTPDataError 554" in page
    assert "<td>records.build_export</td><td>7</td><td>WorkerLostError</td>" in page
    assert "<strong>Late</strong>" in page
    assert failed.email not in page
    assert failed.facts["doctor"] not in page


def test_the_page_costs_the_same_for_many_failed_messages() -> None:
    desk = desk_of(Role.ADMINISTRATOR)
    failed_message()
    desk.get(reverse("operations"))
    with CaptureQueriesContext(connection) as few:
        desk.get(reverse("operations"))
    for _ in range(5):
        failed_message()
    with CaptureQueriesContext(connection) as many:
        desk.get(reverse("operations"))
    assert len(many) == len(few)


def test_a_dead_letter_that_is_laid_aside_raises_no_alarm_any_more() -> None:
    failed_message()
    message, desk = Message.objects.get(), desk_of(Role.ADMINISTRATOR)
    assert figures_now(clock.now()).messages_failed == 1
    address = reverse("operations_lay_aside", args=[message.public_id])
    assert address in desk.get(reverse("operations")).content.decode()
    assert (desk.post(address).status_code, desk.post(address).status_code) == (302, 409)
    assert figures_now(clock.now()).messages_failed == 0
    message.refresh_from_db()
    assert (message.status, message.last_error) == (MessageStatus.WITHHELD, Withheld.LAID_ASIDE)
    assert Event.objects.filter(action="message.laid_aside").exists()


def test_a_second_press_is_told_that_it_is_being_tried_already() -> None:
    failed_message()
    message, desk = Message.objects.get(), desk_of(Role.ADMINISTRATOR)
    address = reverse("operations_retry", args=[message.public_id])
    assert desk.get(address).status_code == 405
    assert desk.post(address).status_code == 302
    refused = desk.post(address, headers={"Referer": f"http://testserver{reverse('operations')}"})
    assert (refused.status_code, refused.templates[0].name) == (409, "ui/domain_error_admin.html")
    assert f'href="{reverse("operations")}">Back to the page' in refused.content.decode()
    elsewhere = desk.post(address, headers={"Referer": "https://elsewhere.example/admin/"}).content.decode()
    assert "elsewhere.example" not in elsewhere
    message.refresh_from_db()
    assert message.status == MessageStatus.QUEUED


@pytest.mark.parametrize(
    "role", [Role.CONTENT_EDITOR, Role.CLINIC_STAFF, Role.VERIFICATION_OFFICER, Role.BILLING_OFFICER, Role.AUDITOR]
)
def test_nobody_else_gets_in(role: Role) -> None:
    failed_message()
    message, desk = Message.objects.get(), desk_of(role)
    shown = desk.get(reverse("operations"), follow=True)
    assert "Periodic jobs" not in shown.content.decode()
    for action in ("operations_retry", "operations_lay_aside"):
        assert desk.post(reverse(action, args=[message.public_id])).status_code != 409
    message.refresh_from_db()
    assert message.status == MessageStatus.FAILED
    assert reverse("operations") not in desk.get("/admin/", follow=True).content.decode()
