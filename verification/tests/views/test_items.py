"""Checking and asking for one item on the case page, and opening the files that prove it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from common import clock
from common.uploads.states import UploadState
from common.uploads.storage import private_storage
from common.uploads.tests.samples import pdf
from doctors.tests.factories import DoctorFactory
from verification.models import ChecklistItem
from verification.selectors import today
from verification.states import ItemKind, ItemStatus, Status
from verification.tests.factories import EvidenceFactory, case_in, in_days, item_in, officer, person
from verification.tests.views.desk import HTMX, case_path, item_path, signed_in

pytestmark = pytest.mark.django_db


def item_of(actor: User, kind: ItemKind = ItemKind.IDENTITY, **changes: Any) -> ChecklistItem:
    """An item of a case that `actor` has claimed, of a doctor with an account."""
    case = case_in(Status.PENDING, claimed_by=actor, doctor=DoctorFactory.create(user=person(Role.DOCTOR)))
    return item_in(case, kind, status=ItemStatus.PROVIDED, **changes)


def checked(kind: ItemKind = ItemKind.IDENTITY, **changes: str) -> dict[str, str]:
    facts = {"source": "Passport seen", "checked_on": today().isoformat(), "note": "Clear.", **changes}
    return {f"check-{kind}-{name}": value for name, value in facts.items()}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_item_is_checked_with_source_date_and_note_and_answered_at_its_place(headers: dict[str, str]) -> None:
    actor = officer()
    item = item_of(actor)

    answer: Any = signed_in(actor).post(item_path(item, "check"), checked(), headers=headers)

    if headers:
        page = answer.content.decode()
        assert page.index('id="item-identity"') < page.index("autofocus") < page.index('id="item-indemnity"')
    else:
        assert answer.headers["Location"] == f"{case_path(item.case)}#item-identity"
    item.refresh_from_db()
    assert (item.status, item.source, item.note, item.checked_by) == (
        ItemStatus.ACCEPTED, "Passport seen", "Clear.", actor,
    )  # fmt: skip


def test_what_runs_out_needs_its_last_day_and_begins_with_what_the_doctor_stated() -> None:
    actor = officer()
    item = item_of(actor, ItemKind.INDEMNITY, stated_expires_on=in_days(90))
    client = signed_in(actor)

    page = client.get(case_path(item.case)).content.decode()
    without = client.post(item_path(item, "check"), checked(ItemKind.INDEMNITY), headers=HTMX)
    past = client.post(item_path(item, "check"), checked(ItemKind.INDEMNITY, expires_on=in_days(-1).isoformat()))
    right = client.post(item_path(item, "check"), checked(ItemKind.INDEMNITY, expires_on=in_days(90).isoformat()))

    assert f'value="{in_days(90).isoformat()}"' in page
    assert (without.status_code, past.status_code, right.status_code) == (422, 422, 302)
    assert "Give the last day on which it is valid." in without.content.decode()
    assert "This day has passed." in past.content.decode()
    item.refresh_from_db()
    assert item.expires_on == in_days(90)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_check_that_lacks_something_says_so_beside_the_field_and_keeps_what_was_typed(
    headers: dict[str, str],
) -> None:
    actor = officer()
    item = item_of(actor)

    answer = signed_in(actor).post(
        item_path(item, "check"),
        checked(source="", checked_on=in_days(2).isoformat(), note="Long note"),
        headers=headers,
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Say where you looked." in page
    assert "Long note" in page
    item.refresh_from_db()
    assert item.status == ItemStatus.PROVIDED


def test_what_only_the_service_refuses_stands_beside_its_field_too() -> None:
    actor = officer()
    item = item_of(actor)

    answer = signed_in(actor).post(item_path(item, "check"), checked(checked_on=in_days(2).isoformat()), headers=HTMX)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_check-identity-checked_on_error"' in page
    assert "This day is still to come." in page


def test_an_item_that_the_doctor_has_changed_meanwhile_is_looked_at_again() -> None:
    actor = officer()
    item = item_of(actor, provided_at=clock.now())
    client = signed_in(actor)
    [card] = [card for card in client.get(case_path(item.case)).context["cards"] if card.item == item]
    seen = {"check-identity-seen_at": card.check["seen_at"].value()}
    item_in(item.case, ItemKind.IDENTITY, provided_at=clock.now())

    answer = client.post(item_path(item, "check"), {**checked(), **seen}, headers=HTMX)

    assert answer.status_code == 409
    assert "Look at it again" in answer.content.decode()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_asking_for_one_item_stops_the_cases_clock_and_shows_the_request(headers: dict[str, str]) -> None:
    actor = officer()
    item = item_of(actor)
    client = signed_in(actor)

    client.post(item_path(item, "ask"), {"ask-identity-request": "The page with your photo."}, headers=headers)

    item.refresh_from_db()
    item.case.refresh_from_db()
    assert (item.status, item.case.status) == (ItemStatus.ASKED, Status.PENDING)
    assert item.case.paused_at is not None
    page = client.get(case_path(item.case)).content.decode()
    assert "The page with your photo." in page
    assert "Waiting on the doctor" in page


def test_asking_for_nothing_is_refused_beside_the_field() -> None:
    actor = officer()
    item = item_of(actor)

    answer = signed_in(actor).post(item_path(item, "ask"), {"ask-identity-request": " "}, headers=HTMX)

    assert answer.status_code == 422
    assert "Say what you need" in answer.content.decode()


@pytest.mark.parametrize("action", ["check", "ask"])
def test_a_colleague_who_has_not_claimed_the_case_is_refused_and_keeps_what_was_typed(action: str) -> None:
    item = item_of(officer())
    data = checked() if action == "check" else {"ask-identity-request": "Please."}

    answer = signed_in(officer()).post(item_path(item, action), data, headers=HTMX)

    assert answer.status_code == 409
    item.refresh_from_db()
    assert item.status == ItemStatus.PROVIDED


@pytest.mark.parametrize("action", ["check", "ask"])
def test_an_item_of_another_case_is_not_found(action: str) -> None:
    actor = officer()
    item, foreign = item_of(actor), item_of(actor)
    foreign.case = item.case

    answer = signed_in(actor).post(item_path(foreign, action), checked())

    assert answer.status_code == 404


def kept_file(item: ChecklistItem, **fields: Any) -> Any:
    file = EvidenceFactory.create(item=item, **fields)
    private_storage().save(file.key, ContentFile(pdf()))
    return file


def evidence_path(file: Any) -> str:
    return f"/admin/verification/evidence/{file.public_id}/"


def test_an_officer_opens_a_file_inline_in_a_sandbox_and_the_look_is_audited() -> None:
    actor = officer()
    file = kept_file(item_of(actor))

    answer: Any = signed_in(actor).get(evidence_path(file))

    assert b"".join(answer.streaming_content) == pdf()
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Cache-Control"].startswith("private, no-store")
    event = Event.objects.get(action="evidence.viewed")
    assert (event.actor_id, event.object_id) == (actor.public_id, str(file.public_id))


@pytest.mark.parametrize("state", [UploadState.QUARANTINED, UploadState.INFECTED, UploadState.UNREADABLE])
def test_a_file_that_is_not_clean_is_not_found(state: UploadState) -> None:
    actor = officer()
    file = kept_file(item_of(actor), state=state)

    assert signed_in(actor).get(evidence_path(file)).status_code == 404


@pytest.mark.parametrize("role", [Role.CONTENT_EDITOR, Role.AUDITOR, Role.PATIENT, Role.DOCTOR])
def test_nobody_else_comes_to_a_file_by_the_admin(role: Role) -> None:
    file = kept_file(item_of(officer()))

    assert signed_in(person(role)).get(evidence_path(file)).status_code in (302, 403)
    assert not Event.objects.filter(action="evidence.viewed").exists()
