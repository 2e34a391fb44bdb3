"""Steps of the tests of prescriptions' pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Patient, User
from doctors.models import Doctor
from records.models import Prescription
from records.prescription_content import from_text

SignIn = Callable[[User | Patient | Doctor], Client]


HTMX = {"HX-Request": "true"}


def page(name: str, prescription: Prescription) -> str:
    return reverse(f"records:prescription{name}", args=[prescription.public_id])


def typed(*rows: dict[str, Any], version: int, **more: Any) -> dict[str, Any]:
    fields = {f"item-{number}-{name}": value for number, row in enumerate(rows) for name, value in row.items()}
    return {"version": version, "count": len(rows), **fields, **more}


def by_its_doctor(prescription: Prescription) -> dict[str, Any]:
    version = Prescription.objects.get(pk=prescription.pk).draft_version
    return {"actor": prescription.doctor.user, "prescription_id": prescription.public_id, "version": version}


def text_of(response: Any) -> str:
    return response.content.decode()


def stored(prescription: Prescription) -> Any:
    return from_text(Prescription.objects.get(pk=prescription.pk).draft)
