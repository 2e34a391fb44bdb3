"""Checking a prescription by its code and date of birth: what is told, to whom, how often, and what is kept."""

from __future__ import annotations

import logging
from datetime import date, timedelta
from io import BytesIO

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from audit.models import Event
from booking.tests.steps import user_of
from common import clock
from common.errors import Conflict, NotFound
from records import services
from records.check_codes import LENGTH, code_for_people, code_typed, digest_of_code, new_code
from records.errors import CheckRefused, TooManyChecks
from records.models import Prescription, PrescriptionSignature
from records.prescription_pdf import check_path
from records.services.prescriptions.check import TRIES, Checked
from records.tests.prescribing import AMOXICILLIN, at, behind_its_back, code_of, prescriber, rx_draft, rx_signed
from records.tests.steps import other_byte

pytestmark = pytest.mark.django_db
PATH = "/prescriptions/check/"


@pytest.fixture
def prescription() -> Prescription:
    return rx_signed()


def checked(prescription: Prescription) -> Checked:
    return services.prescription_check(code=code_of(prescription), birth_date=prescription.patient.birth_date)


def body(prescription: Prescription, **more: object) -> dict[str, object]:
    born = prescription.patient.birth_date
    day = {"birth_date_day": born.day, "birth_date_month": born.month, "birth_date_year": born.year}
    return {"code": code_for_people(code_of(prescription)).lower(), **day, **more}


def test_a_code_is_long_random_and_typed_as_people_do() -> None:
    codes = {new_code() for _ in range(200)}
    assert len(codes) == 200
    assert {len(code) for code in codes} == {LENGTH}
    code = "7KQM2XHT9RWBC4ZD"
    assert code_for_people(code) == "7KQM-2XHT-9RWB-C4ZD"
    for typed in ("7kqm 2xht 9rwb c4zd", " 7KQM–2XHT—9RWB-C4ZD ", code):
        assert code_typed(typed) == code


def test_the_table_holds_no_code(prescription: Prescription) -> None:
    signature = PrescriptionSignature.objects.get()
    assert signature.code_digest == digest_of_code(code_of(prescription))
    assert code_of(prescription) not in str(PrescriptionSignature.objects.values("code_digest", "digest"))


def test_what_is_valid_is_told_with_what_was_signed(prescription: Prescription) -> None:
    told = checked(prescription)
    assert (told.status, told.is_altered) == ("active", False)
    assert told.signed
    assert told.signed.content.items[0].drug == "Amoxicillin"


@pytest.mark.parametrize(
    ("verb", "status"),
    [("hold", "on-hold"), ("cancel", "cancelled"), ("stop", "stopped"), ("enter_in_error", "entered-in-error")],
)
def test_what_became_of_it_is_told(prescription: Prescription, verb: str, status: str) -> None:
    code = code_of(prescription)
    service = getattr(services, f"prescription_{verb}")
    service(actor=prescriber(prescription), prescription_id=prescription.public_id, reason="A reason")
    told = services.prescription_check(code=code, birth_date=prescription.patient.birth_date)
    assert told.status == status
    assert (told.signed is None) is (verb == "enter_in_error")


def test_dispensed_and_expired_are_told(prescription: Prescription) -> None:
    assert prescription.valid_until
    with at(clock.end_of_day(prescription.valid_until, clock.clinic_zone())):
        assert checked(prescription).status == "expired"
    services.prescription_complete(actor=prescriber(prescription), prescription_id=prescription.public_id)
    assert checked(prescription).status == "completed"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE records_prescriptionsignature SET valid_until = valid_until + 1",
        "UPDATE records_prescription SET valid_until = valid_until + 100",
        f"UPDATE records_prescriptionsignature SET payload = {other_byte('payload')}",
        "UPDATE records_prescriptionsignature SET digest = repeat('0', 64)",
    ],
)
def test_one_changed_byte_is_told_and_nothing_of_the_text(prescription: Prescription, change: str) -> None:
    code = code_of(prescription)
    behind_its_back(change)
    told = services.prescription_check(code=code, birth_date=prescription.patient.birth_date)
    assert told.is_altered
    assert told.signed is None
    shown = Client().post(PATH, {**body(rx_signed()), "code": code}).content.decode()
    assert "Do not use this prescription" in shown
    assert "Amoxicillin" not in shown


def test_a_wrong_code_and_a_wrong_date_are_answered_alike(prescription: Prescription) -> None:
    said = set()
    for code, born in ((code_of(prescription), date(1901, 1, 1)), (new_code(), prescription.patient.birth_date)):
        with pytest.raises(CheckRefused) as refused:
            services.prescription_check(code=code, birth_date=born)
        said.add((refused.value.code, refused.value.message, refused.value.status))
    assert len(said) == 1
    assert Event.objects.filter(action="prescription.check_refused").count() == 2


def test_after_five_wrong_dates_the_right_one_opens_nothing_for_a_day(prescription: Prescription) -> None:
    code = code_of(prescription)
    for year in range(5):
        with pytest.raises(CheckRefused):
            services.prescription_check(code=code, birth_date=date(1901 + year, 1, 1))
    with pytest.raises(CheckRefused):
        checked(prescription)
    # Another's code is another matter.
    assert checked(rx_signed()).status == "active"


def test_right_answers_are_not_counted_and_wrong_ones_of_one_caller_are(prescription: Prescription) -> None:
    for _ in range(8):
        checked(prescription)
    for _ in range(TRIES.most):
        with pytest.raises(CheckRefused):
            services.prescription_check(code=new_code(), birth_date=date(1986, 3, 27))
    with pytest.raises(TooManyChecks):
        checked(prescription)


def test_the_page_tells_anybody_and_says_so_in_the_log(
    prescription: Prescription, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client()
    assert "Amoxicillin" not in client.get(PATH).content.decode()
    answer = client.post(PATH, body(prescription))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert "This prescription is valid" in shown
    assert "21 (twenty-one) capsules" in shown
    # The address and the NHS number are on no page that a stranger gets.
    assert "Elm Row" not in shown
    event = Event.objects.get(action="prescription.checked")
    assert (event.actor_id, event.patient_id) == (None, prescription.patient.public_id)
    assert "no-store" in answer["Cache-Control"]
    assert code_of(prescription) not in caplog.text


@pytest.mark.parametrize(
    "change", [{"code": ""}, {"code": "x" * 61}, {"birth_date_year": "x"}, {"birth_date_day": "32"}]
)
def test_bad_input_is_said_beside_its_field(prescription: Prescription, change: dict[str, str]) -> None:
    answer = Client().post(PATH, body(prescription, **change))
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_no_address_has_the_code_but_behind_the_fragment(prescription: Prescription) -> None:
    path = check_path(code_of(prescription))
    assert path.split("#") == [PATH, f"code={code_of(prescription)}"]
    wrong = Client().post(PATH, body(prescription, birth_date_year="1901"))
    assert wrong.status_code == 422
    assert "Location" not in wrong
    assert Client().get(PATH, {"code": code_of(prescription)}).content.decode().count(code_of(prescription)) == 0


def test_the_file_is_for_who_may_read_it_and_each_download_is_told(prescription: Prescription, client: Client) -> None:
    path = reverse("records:prescription_pdf", args=[prescription.public_id])
    for person in (user_of(prescription.patient), prescriber(prescription)):
        client.force_login(person, backend="accounts.backends.AccountBackend")
        answer = client.get(path)
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")
        assert answer["Content-Disposition"] == 'attachment; filename="prescription.pdf"'
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Content-Type-Options"] == "nosniff"
    assert Event.objects.filter(action="prescription.downloaded").count() == 2
    assert client.get(path, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}).status_code == 404


def test_there_is_no_file_of_what_is_not_signed_or_not_as_it_was(prescription: Prescription) -> None:
    draft = rx_draft()
    with pytest.raises(NotFound):
        services.prescription_download(actor=prescriber(draft), prescription_id=draft.public_id)
    behind_its_back("UPDATE records_prescriptionsignature SET signed_at = signed_at - %s", timedelta(seconds=1))
    with pytest.raises(Conflict):
        services.prescription_download(actor=prescriber(prescription), prescription_id=prescription.public_id)
    assert not Event.objects.filter(action="prescription.downloaded").exists()


def test_a_long_prescription_is_printed_with_each_row_whole_and_every_page_named() -> None:
    rows = [
        {**AMOXICILLIN, "drug": name, "instructions": "With food. " * 20}
        for name in (
            "Amoxicillin",
            "Omeprazole",
            "Ibuprofen",
            "Cetirizine",
            "Ramipril",
            "Sertraline",
            "Metformin",
            "Codeine",
        )
    ]
    prescription = rx_signed(None, *rows)
    drawn = services.prescription_download(actor=prescriber(prescription), prescription_id=prescription.public_id)
    with pikepdf.open(BytesIO(drawn)) as pdf:
        # Eight medicines of some 62 mm each on pages of about 250 mm: no page that a broken row has left nearly empty.
        assert len(pdf.pages) == 3


def test_the_date_of_birth_is_the_one_that_was_signed(prescription: Prescription) -> None:
    signed = prescription.patient.birth_date
    prescription.patient.birth_date = signed + timedelta(days=1)
    prescription.patient.save(update_fields=["birth_date"])
    assert services.prescription_check(code=code_of(prescription), birth_date=signed).signed
    with pytest.raises(CheckRefused):
        services.prescription_check(code=code_of(prescription), birth_date=prescription.patient.birth_date)
