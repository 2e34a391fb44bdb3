"""Any mixture of ways into a record at once: a list, one patient's list and one object follow the same rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.models import Patient, User
from accounts.roles import Role
from accounts.states import Scope
from accounts.tests.factories import CarerFactory
from booking.models import Appointment
from booking.states import Status as VisitStatus
from booking.tests.factories import AppointmentFactory, bookable_doctor
from booking.tests.steps import user_of
from common import clock
from common.permissions import grant
from common.uploads.states import UploadState
from doctors.models import Doctor
from records.models import Document, HealthRecord, Prescription, VisitNote
from records.selectors import documents_visible_to, notes_visible_to, prescriptions_visible_to, ways_of
from records.states import Category, DocumentStatus, NoteStatus, PrescriptionStatus
from records.tests.document_steps import added, added_by_doctor
from records.tests.prescribing import rx_signed
from records.tests.steps import signed, visit

pytestmark = pytest.mark.django_db

VISIBLE: dict[Any, Callable[..., QuerySet[Any]]] = {
    VisitNote: notes_visible_to,
    Document: documents_visible_to,
    Prescription: prescriptions_visible_to,
}
SCOPES: dict[Any, Scope] = {VisitNote: Scope.READ, Document: Scope.DOCUMENTS, Prescription: Scope.PRESCRIPTIONS}
ENDS = ("none", "live", "over")


@dataclass(frozen=True)
class Facts:
    """What is so of one reader and one patient; of a thing `state` says signed, draft, mistake or kept back."""

    is_doctor: bool
    is_barred: bool
    is_superuser: bool
    visit: str
    share: str
    glass: str
    grant: str
    carer: str
    scope: str
    is_confidential: bool
    is_author: bool
    state: str


FACTS = st.builds(
    Facts,
    is_doctor=st.booleans(),
    is_barred=st.sampled_from([False, False, True]),
    is_superuser=st.booleans(),
    visit=st.sampled_from(["none", "now", "past", "missed"]),
    share=st.sampled_from(ENDS),
    glass=st.sampled_from(ENDS),
    grant=st.sampled_from(ENDS),
    carer=st.sampled_from(ENDS),
    scope=st.sampled_from([Scope.SEE, *SCOPES.values()]),
    is_confidential=st.booleans(),
    is_author=st.booleans(),
    state=st.sampled_from(["signed", "signed", "draft", "mistake", "kept back"]),
)


@dataclass(frozen=True)
class World:
    reader: Doctor
    things: tuple[VisitNote | Document | Prescription, ...]
    """Of one visit a note, a document that its doctor and one that the patient added, and a prescription; and a proof
    of identity, which the patient adds to the reader's visit if there is one."""

    @property
    def patient(self) -> Patient:
        return self.things[0].patient


@pytest.fixture
def world(settings: Settings, tmp_path: Path) -> World:
    settings.PRIVATE_ROOT = str(tmp_path / "private")
    seen, other = visit(), visit()
    by_patient = added(seen.patient, appointment_id=seen.public_id)
    proof = added(seen.patient, category=Category.IDENTITY)
    by_doctor = added_by_doctor(seen.doctor, seen.patient)
    Document.objects.filter(pk=by_doctor.pk).update(appointment=seen)
    signed(other)
    rx_signed(other)
    added(other.patient)
    return World(reader=bookable_doctor(), things=(signed(seen), by_doctor, by_patient, proof, rx_signed(seen)))


def apply(world: World, facts: Facts, now: datetime) -> None:
    """Behind the services' back: what matters is how it is read."""
    reader, patient = user_of(world.reader), world.patient
    until = {"live": now + timedelta(hours=1), "over": now - timedelta(hours=1)}
    User.objects.filter(pk=reader.pk).update(is_superuser=facts.is_superuser)
    reader.groups.set(reader.groups.filter(name=Role.DOCTOR) if facts.is_doctor else [])
    Doctor.objects.filter(pk=world.reader.pk).update(is_barred=facts.is_barred)
    if facts.visit != "none":
        start = now - timedelta(days=91 if facts.visit == "past" else 1)
        status = VisitStatus.NOSHOW if facts.visit == "missed" else VisitStatus.FULFILLED
        visit_type = world.reader.visit_types.get()
        own = AppointmentFactory.create(visit_type=visit_type, patient=patient, start=start, status=status)
        Document.objects.filter(patient=patient, category=Category.IDENTITY).update(appointment=own)
    record, _ = HealthRecord.objects.get_or_create(patient=patient)
    for codename, end in (("view_healthrecord", facts.share), ("open_healthrecord", facts.glass)):
        if end != "none":
            grant(reader, codename, record, expires_at=until[end])
    if facts.carer != "none":
        scopes = {one.value: one == facts.scope for one in Scope}
        CarerFactory.create(patient=patient, user=reader, expires_at=until[facts.carer], **scopes)
    Appointment.objects.filter(patient=patient).update(is_confidential=facts.is_confidential)
    for thing in world.things:
        rows: Any = type(thing)._default_manager.filter(pk=thing.pk)
        rows.update(**_columns(thing, facts, now))
        if facts.grant != "none":
            grant(reader, f"view_{thing._meta.model_name}", thing, expires_at=until[facts.grant])
        if facts.is_author and thing.doctor_id:
            rows.update(doctor=world.reader)


def _columns(thing: VisitNote | Document | Prescription, facts: Facts, now: datetime) -> dict[str, Any]:
    by_state: dict[str, dict[str, Any]] = {
        "draft": {"state": UploadState.QUARANTINED, "checked_at": None},
        "mistake": {"status": DocumentStatus.ENTERED_IN_ERROR, "corrected_at": now},
    }
    if isinstance(thing, VisitNote):
        second = thing.patient.user
        by_state = {
            "draft": {"status": NoteStatus.PRELIMINARY, "version_count": 0, "signed_at": None, "released_at": None},
            "mistake": {"status": NoteStatus.ENTERED_IN_ERROR, "corrected_at": now, "error_second": second},
            "kept back": {"released_at": now + timedelta(days=1)},
        }
    if isinstance(thing, Prescription):
        by_state = {
            "draft": {"status": PrescriptionStatus.DRAFT, "signed_at": None, "valid_until": None},
            "mistake": {"status": PrescriptionStatus.ENTERED_IN_ERROR},
        }
    return by_state.get(facts.state, {})


def as_doctor(thing: Any, facts: Facts) -> bool:
    """docs/decisions/0020 to 0023, written once more: what is the person's as a doctor, or by an emergency."""
    if facts.is_barred:
        return False
    works, is_signed, is_mistake = facts.is_doctor, facts.state != "draft", facts.state == "mistake"
    is_note, is_document = isinstance(thing, VisitNote), isinstance(thing, Document)
    if works and facts.is_author and (thing.doctor_id or not is_document):
        # A file that waits for its check is its uploader's alone, whoever the record says added it.
        return is_signed or not is_document
    treats = works and facts.visit == "now"
    if is_document and thing.category == Category.IDENTITY:
        return is_signed and not is_mistake and treats
    broke = (works or facts.is_superuser) and facts.glass == "live"
    shared = works and facts.share == "live" and not (is_note and facts.state == "kept back")
    return is_signed and not is_mistake and (treats or broke or shared)


def as_carer(thing: Any, facts: Facts) -> bool:
    if isinstance(thing, VisitNote):
        # Of a mistake a carer hears that it was one, as the patient does.
        is_open = facts.state in {"signed", "mistake"}
    else:
        is_open = facts.state in {"signed", "kept back"} and getattr(thing, "category", "") != Category.IDENTITY
    return is_open and facts.carer == "live" and facts.scope == SCOPES[type(thing)] and not facts.is_confidential


def by_grant(thing: Any, facts: Facts) -> bool:
    is_waiting = isinstance(thing, Document) and facts.state == "draft"
    return facts.grant == "live" and not is_waiting


@given(facts=FACTS)
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_list_and_one_object_follow_the_same_rules(world: World, facts: Facts) -> None:
    with transaction.atomic():
        apply(world, facts, clock.now())
        for one in world.things:
            thing: Any = type(one)._default_manager.get(pk=one.pk)
            reader, visible = User.objects.get(pk=user_of(world.reader).pk), VISIBLE[type(thing)]
            own, cared, granted = as_doctor(thing, facts), as_carer(thing, facts), by_grant(thing, facts)
            listed = thing in visible(reader, in_error=True)
            # A grant opens a thing to doctors alone, and nothing to one who is suspended: the permission does not know.
            may = cared or (facts.is_doctor and granted)
            assert listed is (own or (may and not facts.is_barred)), thing
            found = list(visible(reader, in_error=True, patient=world.patient))
            assert (thing in found) is listed
            assert len(found) == len(set(found))
            if not isinstance(thing, Document):
                written = facts.is_author and facts.is_doctor and not facts.is_barred
                assert (thing in visible(reader, in_error=True, as_author=True)) is written
            assert not set(visible(reader, in_error=True)) - set(found), "somebody else's"
            if not (isinstance(thing, Document) and facts.state == "draft"):
                assert reader.has_perm(f"records.view_{thing._meta.model_name}", thing) is (own or cared or granted)
        transaction.set_rollback(True)


def test_what_stands_open_is_asked_in_one_statement_and_the_list_is_another(world: World) -> None:
    visit(world.reader, world.patient, start=clock.now() - timedelta(days=1))
    reader = User.objects.get(pk=user_of(world.reader).pk)
    assert reader.role_names == {Role.DOCTOR}
    for patient in (None, world.patient):
        with CaptureQueriesContext(connection) as caught:
            assert ways_of(reader, Document, now=clock.now(), patient=patient).treated == {world.patient.pk}
        assert len(caught) == 1
        with CaptureQueriesContext(connection) as caught:
            assert list(documents_visible_to(reader, patient=patient))
        assert len(caught) == 2
