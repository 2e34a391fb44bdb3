from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from django.db import transaction
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.log_actions import log
from wagtail.models import PageLogEntry, Revision

from accounts.models import User
from audit.services import event_record
from common.errors import Conflict
from doctors import locks, policies, profile
from doctors.models import Doctor, DoctorIndexPage, DoctorPage
from doctors.models.pages import HELD_BACK


@transaction.atomic
def doctor_profile_page_create(*, actor: User | None, doctor_id: UUID) -> DoctorPage:
    """The doctor's page as a draft under the index; asking again answers with the page that there is.

    `actor` None is the system. Raises `NotFound`, `Forbidden`, and `Conflict` (`no_doctor_index`) while the site
    has no page for doctors to stand under.
    """
    doctor = locks.doctor_locked(doctor_id)
    policies.assert_may_create_page(actor)
    return _existing(doctor) or _created(doctor, actor)


def page_hold_back(*, actor: User, page: DoctorPage, revision: Revision) -> None:
    """Notes that a person would have published this version, so that it goes public when the doctor is verified."""
    log(instance=page, action=HELD_BACK, user=actor, revision=revision)


def page_publish(doctor: Doctor, *, actor: User | None) -> None:
    """Publishes the doctor's page, made from their facts where there is none; nothing where the site has no index.

    Which version: the last that somebody published or tried to (a workflow's last approval counts), never a newer
    unfinished draft; the first version where nobody has. Source: domain.md, Verification.
    """
    page = _existing(doctor)
    if page is None and DoctorIndexPage.objects.exists():
        page = _created(doctor, actor)
    if page is None or page.live:
        return
    page.doctor = doctor
    _finished_version(page).publish(user=actor, skip_permission_checks=True)


def page_take_over(page: DoctorPage, changes: Mapping[str, Any], *, actor: User) -> None:
    """Makes the public page say `changes` beside what it says, at once, and leaves what editors have begun as begun.

    Their newest draft, and a version that waits for its hour, are kept as new versions that say `changes` too, but
    for fields that the editor has rewritten: there the editor's words stand. Publishing ends a workflow and clears
    schedules (Wagtail's own rule), so both are begun again.
    """
    before = profile.content_of(page)
    scheduled, workflow = page.scheduled_revision, page.current_workflow_state
    begun = [scheduled] if scheduled else []
    if page.has_unpublished_changes and page.latest_revision and page.latest_revision != scheduled:
        begun.append(page.latest_revision)
    drafts = [(revision, cast("DoctorPage", revision.as_object())) for revision in begun]
    page.go_live_at = None
    profile.apply(page, changes).save_revision(user=actor, log_action=True).publish(
        user=actor, skip_permission_checks=True
    )
    for revision, draft in sorted(drafts, key=lambda pair: pair[0].created_at):
        own = profile.content_of(draft)
        profile.apply(draft, {name: value for name, value in changes.items() if own[name] == before[name]})
        kept = draft.save_revision(user=revision.user, approved_go_live_at=revision.approved_go_live_at, clean=False)
    if workflow and drafts:
        workflow.workflow.start(kept.as_object(), workflow.requested_by)


def page_unpublish(doctor: Doctor, *, actor: User | None) -> None:
    page = _existing(doctor)
    if page is not None and page.live:
        UnpublishPageAction(page, user=actor).execute(skip_permission_checks=True)


def _existing(doctor: Doctor) -> DoctorPage | None:
    return DoctorPage.objects.filter(doctor=doctor).first()


def _created(doctor: Doctor, actor: User | None) -> DoctorPage:
    index = DoctorIndexPage.objects.first()
    if index is None:
        raise Conflict("no_doctor_index", "Create the page “Find a doctor” first; doctors' pages stand under it.")
    page = index.add_child(instance=DoctorPage(doctor=doctor, live=False, owner=actor))
    page.save_revision(user=actor, log_action=True)
    event_record("doctor_page.created", doctor, actor=actor)
    return page


def _finished_version(page: DoctorPage) -> Revision:
    chosen = PageLogEntry.objects.filter(page=page.pk, action__in=["wagtail.publish", HELD_BACK])
    return (
        page.revisions.filter(pk=chosen.exclude(revision=None).values("revision")[:1]).first()
        or page.revisions.order_by("created_at", "pk").first()
        or page.save_revision(log_action=True)
    )
