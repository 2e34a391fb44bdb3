"""Paying through the API: what is due, Stripe's page, how it stands, the receipt, and disagreeing about it."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from audit.models import Event
from billing.models import Receipt
from billing.tests.steps import Deliver, hold, work
from booking.models import Appointment
from booking.tests.api.test_api import signed_in
from booking.tests.factories import bookable_doctor
from booking.tests.steps import at_the_desk_of, book, user_of
from integrations.stripe.simulator.engine import Simulator

pytestmark = pytest.mark.django_db


def address(appointment: Appointment, rest: str = "payment/") -> str:
    return f"/api/v1/appointments/{appointment.public_id}/{rest}"


def payer(appointment: Appointment) -> APIClient:
    client: APIClient = signed_in(user_of(appointment.patient))
    return client


def test_from_what_is_due_to_the_receipt(stripe_simulator: Simulator, stripe_deliver: Deliver) -> None:
    appointment = hold()
    api = payer(appointment)
    due = api.get(address(appointment)).json()
    assert (due["due_minor"], due["standing"]["can_pay"], due["receipts"]) == (4500, True, [])
    begun = [api.post(address(appointment)) for _ in range(2)]
    assert [answer.status_code for answer in begun] == [201, 201]
    assert begun[0].json() == begun[1].json()
    stripe_simulator.pay(stripe_simulator.all("checkout.session")[0]["id"])
    stripe_deliver()
    work()
    stands = api.get(address(appointment)).json()
    assert (stands["due_minor"], stands["standing"]["kind"]) == (0, "success")
    (row,) = api.get("/api/v1/payments/").json()["results"]
    assert (row["status"], row["captured_minor"], row["receipts"]) == ("succeeded", 4500, stands["receipts"])
    file = api.get(f"/api/v1/receipts/{row['receipts'][0]['id']}/file/")
    assert b"".join(file).startswith(b"%PDF")
    told = Event.objects.filter(action="receipt.downloaded").values_list("object_id", flat=True)
    assert list(told) == [str(Receipt.objects.get().public_id)]
    again = api.post(address(appointment))
    assert (again.status_code, again.json()["code"]) == (409, "not_payable")


def test_a_complaint_is_made_once_a_key_and_one_at_a_time() -> None:
    appointment = book(bookable_doctor())
    api, where = payer(appointment), address(appointment, "complaints/")
    wordless = api.post(where, {"reason": "other"})
    assert (wordless.status_code, list(wordless.json()["fields"])) == (422, ["text"])
    body: dict[str, Any] = {"reason": "not-seen"}
    made = [api.post(where, body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert {(answer.status_code, answer.json()["id"]) for answer in made} == {(201, made[0].json()["id"])}
    assert api.post(where, body).json()["code"] == "complaint_open"
    taken_back = api.post(f"/api/v1/complaints/{made[0].json()['id']}/withdraw/")
    assert taken_back.json()["state"] == "withdrawn"


def test_the_desk_takes_once_and_says_what_was_a_mistake() -> None:
    appointment = book(bookable_doctor(price_minor=4500))
    api, where = signed_in(at_the_desk_of(appointment.location)), address(appointment, "desk/")
    too_much = api.post(where, {"method": "cash", "amount_minor": 5000})
    assert (too_much.status_code, too_much.json()["left_minor"]) == (422, 4500)
    body = {"method": "cash", "amount_minor": 4500}
    taken = [api.post(where, body, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [(answer.status_code, len(answer.json()["entries"])) for answer in taken] == [(201, 1), (201, 1)]
    entry = taken[0].json()["entries"][0]
    mended = api.post(f"{where}{entry['id']}/mistake/", {"note": "By card"}).json()
    assert (mended["left_minor"], mended["entries"][0]["status"]) == (4500, "entered-in-error")
