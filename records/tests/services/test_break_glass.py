"""Break-glass: who may, whose record, for how long, who is told, and who reviews it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts.models import Patient, User
from accounts.roles import Role
from accounts.tests.factories import PatientFactory, UserFactory
from audit.models import Event
from booking.tests.factories import bookable_doctor
from booking.tests.steps import told, user_of
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from common.fields import Sealed
from doctors.models import Doctor
from doctors.states import VerificationStatus
from notifications.models import Message
from records.errors import TooManyTries
from records.models import BreakGlass, HealthRecordUserGrant, VisitNote
from records.selectors import glasses_open_of, glasses_open_on, patient_open_to
from records.services import glass_break, glass_end, glass_review, record_share, record_unshare, record_viewed
from records.states import ReviewState
from records.templatetags.emergency import minutes_left, open_in_an_emergency
from records.tests.steps import draft, signed, visit
from records.tests.test_visible import reads
from records.wagtail_admin.views import EVENTS_SHOWN

pytestmark = pytest.mark.django_db
REASON = "Unconscious at the desk, canaryemergency"


def breaks(actor: User, patient: Patient, **more: Any) -> BreakGlass:
    given = {"who": user_of(patient).email, "birth_date": patient.birth_date, "reason": REASON}
    return glass_break(actor=actor, **{**given, **more})


def over(glass: BreakGlass) -> None:
    """An hour later, by the database's clock."""
    with connection.cursor() as cursor:
        for table, column in (("records_breakglass", "public_id"), ("records_healthrecordusergrant", None)):
            where = f"WHERE {column} = %s" if column else ""
            moved = "opened_at = opened_at - interval '61 minutes'," if column else ""
            cursor.execute(
                f"UPDATE {table} SET {moved} expires_at = expires_at - interval '61 minutes' {where}",
                [glass.public_id] if column else [],
            )


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


def opens(user: User, patient: Patient) -> bool:
    try:
        return patient_open_to(fresh(user), patient.public_id) == patient
    except NotFound:
        return False


@pytest.fixture
def note() -> VisitNote:
    return signed()


@pytest.fixture
def doctor() -> Doctor:
    return bookable_doctor()


def test_it_opens_what_is_signed_in_one_record_for_an_hour_and_no_draft(note: VisitNote, doctor: Doctor) -> None:
    user, unsigned, other = user_of(doctor), draft(visit(patient=note.patient)), signed()
    assert not reads(user, note)
    glass = breaks(user, note.patient)
    assert glass.expires_at - glass.opened_at == timedelta(minutes=60)
    assert reads(user, note)
    assert opens(user, note.patient)
    assert not reads(user, unsigned)
    assert not reads(user, other)
    over(glass)
    assert not reads(user, note)
    assert not opens(user, note.patient)
    assert not glasses_open_of(user)


@pytest.mark.parametrize("fields", [{"is_superuser": True, "is_staff": True}, {"roles": [Role.ADMINISTRATOR]}])
def test_superusers_and_administrators_reach_a_record_by_it_and_by_nothing_else(
    note: VisitNote, fields: dict[str, Any]
) -> None:
    person = UserFactory.create(**fields)
    assert not reads(person, note)
    breaks(person, note.patient)
    assert reads(person, note)
    assert not person.has_perm("records.change_visitnote", note)


def test_an_administrator_who_loses_the_office_meanwhile_reads_no_more(note: VisitNote) -> None:
    person = UserFactory.create(roles=[Role.ADMINISTRATOR])
    breaks(person, note.patient)
    person.groups.clear()
    assert not reads(person, note)


def test_a_doctor_who_is_suspended_meanwhile_reads_no_more(note: VisitNote, doctor: Doctor) -> None:
    breaks(user_of(doctor), note.patient)
    Doctor.objects.filter(pk=doctor.pk).update(is_barred=True)
    assert not reads(user_of(doctor), note)
    assert not opens(user_of(doctor), note.patient)
    assert not glasses_open_on(note.patient)


@pytest.mark.parametrize("status", [one for one in VerificationStatus if one != VerificationStatus.VERIFIED])
def test_a_doctor_who_is_not_verified_opens_nothing(status: VerificationStatus, doctor: Doctor) -> None:
    Doctor.objects.filter(pk=doctor.pk).update(verification_status=status)
    with pytest.raises(Forbidden):
        breaks(fresh(user_of(doctor)), PatientFactory.create())
    assert not BreakGlass.objects.exists()


@pytest.mark.parametrize("role", [one for one in Role if one not in (Role.DOCTOR, Role.ADMINISTRATOR)])
def test_no_other_office_opens_anything(role: Role) -> None:
    with pytest.raises(Forbidden):
        breaks(UserFactory.create(roles=[role]), PatientFactory.create())


def test_whoever_does_not_know_exactly_whom_finds_nobody(note: VisitNote, doctor: Doctor) -> None:
    right = {"who": note.appointment.reference.lower(), "birth_date": note.patient.birth_date}
    for wrong in (
        {"who": note.appointment.reference[:-1]},
        {"who": note.patient.name},
        {"who": "%"},
        {"who": " "},
        {"who": "\x00"},
        {"birth_date": date(1986, 3, 28)},
    ):
        with pytest.raises(Invalid) as refused:
            breaks(user_of(doctor), note.patient, **{**right, **wrong})
        assert list(refused.value.fields) == ["who"]
    assert Event.objects.filter(action="glass.refused", actor_id=user_of(doctor).public_id).count() == 6
    assert breaks(user_of(doctor), note.patient, **right).patient == note.patient


def test_nobody_opens_their_own_or_without_saying_why(doctor: Doctor, note: VisitNote) -> None:
    own = PatientFactory.create(user=doctor.user)
    with pytest.raises(Invalid):
        breaks(user_of(doctor), own)
    with pytest.raises(Invalid) as refused:
        breaks(user_of(doctor), note.patient, reason="  now   ")
    assert list(refused.value.fields) == ["reason"]


def test_ten_tries_an_hour_are_all(doctor: Doctor, note: VisitNote) -> None:
    for _ in range(10):
        with pytest.raises(Invalid):
            breaks(user_of(doctor), note.patient, who="nobody@example.org")
    with pytest.raises(TooManyTries):
        breaks(user_of(doctor), note.patient)


def test_the_patient_is_told_once_and_the_log_knows_no_reason(doctor: Doctor, note: VisitNote) -> None:
    first = breaks(user_of(doctor), note.patient)
    assert breaks(user_of(doctor), note.patient) == first
    assert told(note.patient).count("record_opened") == 1
    assert Message.objects.get(kind="record_opened").facts == {"path": "/health-record/access/"}
    event = Event.objects.get(action="glass.broken")
    assert event.patient_id == note.patient.public_id
    for rows in (Event.objects.values(), BreakGlass.history.values()):
        assert "canaryemergency" not in repr(list(rows))
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason FROM records_breakglass")
        assert "canaryemergency" not in repr(cursor.fetchall())


def test_ending_it_closes_it_at_once_and_leaves_a_share_alone(doctor: Doctor, note: VisitNote) -> None:
    user = user_of(doctor)
    glass = breaks(user, note.patient)
    assert fresh(user).emergency_until == glass.expires_at
    for _ in range(2):
        glass_end(actor=user, glass_id=glass.public_id)
    assert not reads(user, note)
    assert fresh(user).emergency_until is None
    assert Event.objects.filter(action="glass.ended").count() == 1
    share = record_share(actor=user_of(note.patient), doctor_id=doctor.public_id)
    glass_end(actor=user, glass_id=breaks(user, note.patient).public_id)
    assert reads(user, note)
    again = breaks(user, note.patient)
    record_unshare(actor=user_of(note.patient), share_id=share.public_id)
    assert reads(user, note)
    with pytest.raises(NotFound):
        glass_end(actor=user_of(note.doctor), glass_id=again.public_id)
    assert HealthRecordUserGrant.objects.count() == 1


def test_it_is_reviewed_once_by_another_administrator_or_auditor(doctor: Doctor, note: VisitNote) -> None:
    administrator, auditor = (UserFactory.create(roles=[role]) for role in (Role.ADMINISTRATOR, Role.AUDITOR))
    glass = breaks(administrator, note.patient)
    assert glass.due_at == clock.end_of_day(clock.clinic_day(glass.opened_at) + timedelta(days=1), clock.clinic_zone())
    said: dict[str, Any] = {"glass_id": glass.public_id, "is_justified": False, "note": "canaryfinding"}
    for person in (administrator, user_of(doctor), UserFactory.create(is_superuser=True), user_of(note.patient)):
        with pytest.raises(Forbidden):
            glass_review(actor=person, **said)
    with pytest.raises(Conflict) as refused:
        glass_review(actor=auditor, **said)
    assert refused.value.code == "still_open"
    glass_end(actor=administrator, glass_id=glass.public_id)
    with pytest.raises(Invalid):
        glass_review(actor=auditor, **{**said, "note": " "})
    reviewed = glass_review(actor=auditor, **said)
    assert (reviewed.review, reviewed.reviewed_by) == (ReviewState.NOT_JUSTIFIED, auditor)
    with pytest.raises(Conflict):
        glass_review(actor=auditor, **{**said, "is_justified": True})
    assert "canaryfinding" not in repr(list(Event.objects.values()))
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=glass.pk).update(reviewed_by=administrator)
    with pytest.raises(IntegrityError), transaction.atomic():
        BreakGlass.objects.filter(pk=glass.pk).update(ended_at=None)


def test_what_is_over_by_itself_can_be_reviewed(doctor: Doctor, note: VisitNote) -> None:
    glass = breaks(user_of(doctor), note.patient)
    over(glass)
    # Of before, and nobody can read it: no words of ours stand there as an auditor's.
    BreakGlass.objects.update(review_note=Sealed("1:spoilt"))
    auditor = UserFactory.create(roles=[Role.AUDITOR])
    reviewed = glass_review(actor=auditor, glass_id=glass.public_id, is_justified=True, note="Asked both")
    assert (reviewed.review_note, bool(reviewed.reviewed_at)) == ("Asked both", True)


@pytest.mark.parametrize("minutes", [-90, 90])
def test_the_hour_the_banner_and_the_trail_are_those_of_the_databases_clock(
    monkeypatch: pytest.MonkeyPatch, doctor: Doctor, note: VisitNote, minutes: int
) -> None:
    real, user = clock.now(), user_of(doctor)
    monkeypatch.setattr(clock, "now", lambda: real + timedelta(minutes=minutes))
    glass = breaks(user, note.patient)
    assert abs(glass.opened_at - real) < timedelta(minutes=1)
    assert glass.expires_at - glass.opened_at == timedelta(minutes=60)
    (shown,) = open_in_an_emergency(fresh(user))
    assert minutes_left(shown) == 60
    assert reads(user, note)


def test_a_reviewer_turns_the_pages_of_everything_that_was_done() -> None:
    note = signed()
    opener, auditor = user_of(bookable_doctor()), UserFactory.create(roles=[Role.AUDITOR])
    glass = breaks(opener, note.patient)
    for _ in range(EVENTS_SHOWN + 4):
        record_viewed(actor=opener, patient=note.patient)
    glass_end(actor=opener, glass_id=glass.public_id)
    desk = Client()
    desk.force_login(auditor, backend="accounts.backends.AccountBackend")
    pages = [desk.get(f"/admin/emergency-access/{glass.public_id}/", {"page": page}) for page in (1, 2)]
    assert [len(page.context["events"]) for page in pages] == [EVENTS_SHOWN, 6]
    assert "106 in all" in pages[0].content.decode()


def test_the_patient_reads_the_doctors_name_not_that_of_the_account(doctor: Doctor, note: VisitNote) -> None:
    User.objects.filter(pk=user_of(doctor).pk).update(first_name="Account", last_name="Seven")
    glass = breaks(user_of(doctor), note.patient)
    client = Client()
    client.force_login(user_of(note.patient), backend="accounts.backends.AccountBackend")
    told = client.get("/health-record/access/").content.decode()
    assert f"{doctor.name} can read your record now" in told
    assert "Account Seven" not in told
    assert glass.opener == doctor.name
