"""What lists, searches, counts, exports and feeds hold: nothing of a person whom their reader may not see."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import pytest

from booking.tests.factories import next_slot_start
from tests.permissions.matrix.asking import Answer, Asker
from tests.permissions.matrix.people import Who


@dataclass(frozen=True)
class List:
    """`reader` finds `holds` there, so that an empty list does not pass for a safe one."""

    path: str
    reader: Who
    holds: str


TOMORROW = "?date={tomorrow}"
LISTS = (
    List("/appointments/", Who.PATIENT_A, "Abernethy"),
    List("/appointments/", Who.CARER_A, "Quillfeather"),
    List("/appointments/past/", Who.PATIENT_A, "Abernethy"),
    List("/appointments/past/", Who.CARER_A, "Quillfeather"),
    List("/my-day/past/", Who.DOCTOR_A, "1 of 1 seen"),
    List("/home/", Who.PATIENT_A, "Abernethy"),
    List("/my-day/" + TOMORROW, Who.DOCTOR_A, "Quillfeather"),
    List("/clinic/{place_a}/" + TOMORROW, Who.STAFF_HERE, "Quillfeather"),
    List("/clinic/{place_b}/" + TOMORROW, Who.STAFF_ELSEWHERE, "Underhollow"),
    List("/availability/", Who.DOCTOR_A, "canaryleavea"),
    List("/account/caring/", Who.CARER_A, "Quillfeather"),
    List("/account/carers/", Who.PATIENT_A, "carer-of-a@example.org"),
    List("/account/record-access/?show=all", Who.PATIENT_A, "appointment"),
    List("/health-record/documents/", Who.PATIENT_A, "canarydocumentofa"),
    List("/account/profile/", Who.PATIENT_A, "999 000 0018"),
    List("/api/v1/appointments/", Who.PATIENT_A, "{reference_a}"),
    List("/api/v1/appointments/?page_size=100&search=Quillfeathe", Who.DOCTOR_A, "{reference_a}"),
    List("/api/v1/me/", Who.PATIENT_A, "9990000018"),
    List("/verification/indemnity/", Who.DOCTOR_NEW, "canaryfileofnew"),
    List("/doctors/?q=Abernethy", Who.VISITOR, "Find"),
    List("/doctors/?q=Quillfeathe", Who.VISITOR, "Find"),
    List("/api/v1/doctors/?q=Unlistedso", Who.VISITOR, "results"),
    List("/admin/", Who.OFFICER, "Verification"),
    List("/admin/verification/?q=Ownjudge", Who.OFFICER, "Ownjudge"),
    List("/admin/verification/report/", Who.OFFICER, "Abernethy"),
    List("/admin/verification/report/?export=csv", Who.OFFICER, "Abernethy"),
    List("/admin/verification/report/?export=xlsx", Who.OFFICER, "Abernethy"),
    List("/admin/reports/appointments/", Who.ADMINISTRATOR, "Appointments"),
    List("/admin/reports/appointments/?export=csv&until={tomorrow}", Who.ADMINISTRATOR, "{reference_a}"),
    List("/admin/audit/", Who.AUDITOR, "verification"),
    List("/admin/audit/?file=csv", Who.AUDITOR, "appointment.booked"),
    List("/admin/audit/inspect/{event}/", Who.AUDITOR, "appointment"),
    List("/admin/users/?q=Quillfeathe", Who.ADMINISTRATOR, "quillfeather@example.org"),
    List("/admin/reports/messages/", Who.ADMINISTRATOR, "quillfeather@example.org"),
    List("/admin/reports/messages/?export=csv", Who.ADMINISTRATOR, "quillfeather@example.org"),
    List("/admin/reports/site-history/", Who.SUPERUSER, "history"),
    List("/admin/reports/site-history/?export=csv", Who.SUPERUSER, ""),
    List("/admin/pages/search/?q=Quillfeathe", Who.EDITOR, "Search"),
    List("/admin/doctors/?q=Abernethy", Who.EDITOR, "Abernethy"),
    List("/sitemap.xml", Who.VISITOR, "sitemap"),
)


def words_of(answer: Answer) -> bytes:
    """What somebody reads, also where it is packed."""
    if not answer.body.startswith(b"PK"):
        return answer.body
    with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
        return b"\n".join(packed.read(name) for name in packed.namelist())


@pytest.mark.parametrize("listed", LISTS, ids=lambda one: f"{one.path}-{one.reader}")
def test_a_list_holds_nothing_of_those_whom_its_reader_may_not_see(asker: Asker, listed: List) -> None:
    from audit.models import Event

    world = asker.world
    event = Event.objects.filter(action="appointment.booked").earliest("pk")
    names = {
        "place_a": world.place_a.slug,
        "place_b": world.place_b.slug,
        "tomorrow": next_slot_start(1).date().isoformat(),
        "reference_a": world.visit_a.reference,
        "event": event.pk,
    }
    path, holds = listed.path.format(**names), listed.holds.format(**names)
    leaks = {}
    for who in Who:
        words = words_of(asker.ask(who, "GET", path))
        if who == listed.reader:
            assert holds.encode() in words, "the control: the list is not empty for whom it is"
        if found := [canary.name for canary in world.unreadable(who) if canary.word.encode() in words]:
            leaks[who.value] = found
    assert leaks == {}


def test_a_doctor_who_is_not_listed_is_in_no_public_list(asker: Asker) -> None:
    paths = ("/doctors/", "/doctors/?q=Unlistedso", "/api/v1/doctors/", "/api/v1/doctors/?q=Unlistedso")
    for path in (*paths, "/sitemap.xml", "/sitemap-doctors.xml"):
        assert b"unlistedson" not in asker.ask(Who.VISITOR, "GET", path).body.lower()
    assert b"Abernethy" in asker.ask(Who.VISITOR, "GET", "/api/v1/doctors/").body
