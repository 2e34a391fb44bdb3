"""The page of a prescription that is being written: what it says meanwhile, and what becomes of it elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from common.templatetags.when import date_time
from records import services
from records.models import Prescription
from records.tests.prescribing import (
    AMOXICILLIN,
    DIAZEPAM,
    behind_its_back,
    items,
    read,
    rx_draft,
    rx_sign,
    rx_signed,
    seen,
)
from records.tests.steps import other_byte
from records.tests.views.prescription_pages import HTMX, by_its_doctor, page, stored, text_of, typed

pytestmark = pytest.mark.django_db


def test_thrown_away(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client = at_work(prescription)
    stale = client.post(page("_discard", prescription), typed({**DIAZEPAM, "instructions": "Half of it"}, version=0))
    assert stale.status_code == 409
    for words in ("Nothing was overwritten", "Half of it", "Amoxicillin", f'action="{page("_edit", prescription)}"'):
        assert words in text_of(stale)
    bare = client.post(page("_discard", prescription))
    assert (bare.status_code, "Amoxicillin" in text_of(bare)) == (409, True)
    assert Prescription.objects.get().status == "draft"
    client.post(page("_discard", prescription), typed(AMOXICILLIN, version=1))
    assert Prescription.objects.get().status == "entered-in-error"
    assert "does not count" in text_of(client.get(page("", prescription)))


@pytest.mark.parametrize("end", [rx_sign, lambda draft: services.prescription_discard(**by_its_doctor(draft))])
def test_a_draft_that_ended_in_another_window_leads_to_what_became_of_it(
    at_work: Callable[[Prescription], Client], end: Callable[[Prescription], Any]
) -> None:
    prescription = rx_draft()
    end(prescription)
    client, path, now_at = at_work(prescription), page("_edit", prescription), page("", prescription)
    ended = "is signed" if end is rx_sign else "was thrown away"
    body = typed({**DIAZEPAM, "instructions": "Half of it"}, version=1)
    for headers in (HTMX, {}):
        answer = client.post(path, body, headers=headers)
        assert answer.status_code == 409
        assert f"{ended}, so it cannot be edited" in text_of(answer)
        assert f'href="{now_at}"' in text_of(answer)
        # What saved by itself takes the buttons away that are left on the page.
        assert ('id="draft-buttons" hx-swap-oob="true"' in text_of(answer)) == bool(headers)
    assert "Half of it" in text_of(answer)
    assert "Throw the draft away" not in text_of(answer)
    if end is rx_sign:
        thrown = client.post(page("_discard", prescription), body)
        assert thrown.status_code == 409
        assert f"{ended}, so it cannot be edited" in text_of(thrown)
        assert f'href="{now_at}"' in text_of(thrown)


@pytest.mark.parametrize("end", [rx_sign, lambda draft: services.prescription_discard(**by_its_doctor(draft))])
def test_what_ended_in_another_window_is_not_signed_and_the_page_says_so(
    at_work: Callable[[Prescription], Client], end: Callable[[Prescription], Any]
) -> None:
    prescription = rx_draft()
    client, path = at_work(prescription), page("_sign", prescription)
    shown = text_of(client.get(path))
    told = dict(re.findall(r'name="(version|particulars|warnings)" value="([^"]*)"', shown))
    end(prescription)
    # What was signed as it was read is answered like the first time; this page shows an older text.
    refused = client.post(path, {**told, "version": 0})
    assert refused.status_code == 409
    assert "so it cannot be edited" in text_of(refused)
    assert f'href="{page("", prescription)}"' in text_of(refused)
    assert 'name="version"' not in text_of(refused)


def test_what_cannot_be_signed_is_told_while_it_is_written(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client, path = at_work(prescription), page("_edit", prescription)
    assert "This cannot be signed" not in text_of(client.get(path))
    rows = [AMOXICILLIN, {**AMOXICILLIN, "drug": "Morphine"}, {**AMOXICILLIN, "drug": "Unheardofine"}]
    shown = text_of(client.post(path, typed(*rows, version=1, save="yes"), follow=True))
    assert "Morphine cannot be signed here: Schedule 2" in shown
    assert "Not on the list of medicines: Unheardofine." in shown
    assert "Amoxicillin cannot be signed" not in shown


def test_a_problem_with_the_name_is_said_of_the_medicine_once(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    shown = text_of(at_work(prescription).post(page("_edit", prescription), typed({"drug": "x" * 121}, version=1)))
    assert ">Medicine 1: Use at most 120 characters here.</a>" in shown


def test_it_saves_by_itself_and_says_what_cannot_be_signed(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client, path = at_work(prescription), page("_edit", prescription)
    rows = [{**AMOXICILLIN, "drug": "Morphine"}]
    answer = client.post(path, typed(*rows, version=1), headers=HTMX)
    shown = text_of(answer)
    assert answer.status_code == 200
    assert "HX-Request" in answer["Vary"]
    assert "<html" not in shown
    assert "Draft saved" in shown
    assert 'name="version" value="2"' in shown
    assert "Morphine cannot be signed here" in shown
    assert stored(prescription) == items(*rows)
    stale = client.post(path, typed(DIAZEPAM, version=1), headers=HTMX)
    assert (stale.status_code, 'name="keep" value="2"' in text_of(stale)) == (409, True)
    wrong = client.post(path, typed({**DIAZEPAM, "quantity": "many"}, version=2), headers=HTMX)
    assert wrong.status_code == 422
    assert "Medicine 1, quantity: Enter a whole number." in text_of(wrong)
    assert stored(prescription) == items(*rows)


def test_what_cannot_be_signed_is_said_aloud_when_it_changes(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client, path = at_work(prescription), page("_edit", prescription)
    morphine = {**AMOXICILLIN, "drug": "Morphine"}

    def told(*rows: dict[str, Any]) -> str:
        version = Prescription.objects.get(pk=prescription.pk).draft_version
        answer = client.post(path, typed(*rows, version=version), headers=HTMX)
        found = re.search(r'data-announce="([^"]*)"', text_of(answer))
        return found[1] if found else ""

    assert told({**AMOXICILLIN, "quantity": "5"}) == ""
    assert "cannot be signed as it is. Morphine cannot be signed here" in told(AMOXICILLIN, morphine)
    assert told(AMOXICILLIN, {**morphine, "quantity": "7"}) == ""
    assert "Unheardofine" in told({**AMOXICILLIN, "drug": "Unheardofine"}, morphine)
    assert told(AMOXICILLIN) == ""


def test_what_a_signed_out_doctor_writes_stays_in_the_window(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client = at_work(prescription)
    client.logout()
    answer = client.post(page("_edit", prescription), typed(DIAZEPAM, version=1), headers=HTMX)
    assert answer.status_code == 422
    assert "You are signed out" in text_of(answer)
    assert stored(prescription) == items()


@pytest.mark.parametrize("end", [rx_sign, lambda draft: services.prescription_discard(**by_its_doctor(draft))])
def test_no_page_of_an_ended_draft_stays_open(
    at_work: Callable[[Prescription], Client], end: Callable[[Prescription], Any]
) -> None:
    prescription = rx_draft()
    client = at_work(prescription)
    end(prescription)
    ended = "is signed" if end is rx_sign else "was thrown away"
    asked = [
        client.get(page("_address", prescription)),
        client.post(page("_address", prescription), {"address": "9 Oak Lane"}),
        client.get(page("_allergies", prescription)),
        client.post(page("_allergies", prescription), {"substance": "Latex of ours"}),
        client.post(page("_sign", prescription)),
    ]
    for answer in asked:
        assert answer.status_code == 409
        assert f"{ended}, so it cannot be edited" in text_of(answer)
        assert f'href="{page("", prescription)}"' in text_of(answer)
    assert "9 Oak Lane" in text_of(asked[1])
    assert "Latex of ours" in text_of(asked[3])
    assert not prescription.patient.allergies.exists()


def test_a_second_press_is_told_when_it_was_signed(at_work: Callable[[Prescription], Client]) -> None:
    prescription = rx_draft()
    client = at_work(prescription)
    told = {"version": prescription.draft_version, "particulars": read(prescription), "warnings": seen(prescription)}
    first, second = (text_of(client.post(page("_sign", prescription), told, follow=True)) for _ in range(2))
    assert "Signed. The patient finds it" in first
    assert "Signed. The patient finds it" not in second
    signed_at = Prescription.objects.get().signed_at
    assert f"You signed it already, on {date_time(signed_at)}. Nothing was added." in second


@pytest.mark.parametrize("name", ["_edit", "_sign", "_discard"])
def test_a_draft_that_no_key_opens_is_told_in_words(at_work: Callable[[Prescription], Client], name: str) -> None:
    prescription = rx_draft()
    client = at_work(prescription)
    behind_its_back(f"UPDATE records_prescription SET draft = {other_byte('draft')}")
    answer = client.post(page(name, prescription), typed(AMOXICILLIN, version=0))
    assert answer.status_code == 409
    assert "This draft cannot be read any more" in text_of(answer)
    assert "Prescriptions that you wrote" in text_of(answer)
    assert "three times a day" in text_of(answer)
    assert "Medicine 1, how often" in text_of(answer)
    assert prescription.appointment
    assert client.post(f"/appointments/{prescription.appointment.public_id}/prescriptions/").status_code == 302
    assert page("_discard", prescription) in answer.content.decode()
    thrown = client.post(page("_discard", prescription), {"version": prescription.draft_version, "count": 0})
    assert thrown.status_code == 302


def test_what_is_wrong_with_what_was_typed_comes_after_that_the_draft_is_over(
    at_work: Callable[[Prescription], Client],
) -> None:
    prescription = rx_signed()
    client = at_work(prescription)
    for fields in (
        typed({**AMOXICILLIN, "quantity": "lots"}, version=0),
        {**typed(AMOXICILLIN, version=0), "version": "old"},
    ):
        answer = client.post(page("_edit", prescription), fields)
        assert answer.status_code == 409
        assert "This prescription is signed, so it cannot be edited" in text_of(answer)
        assert "There is a problem" not in text_of(answer)
        assert "It is a draft" not in text_of(answer)
        assert 'value="Amoxicillin"' in answer.content.decode()
