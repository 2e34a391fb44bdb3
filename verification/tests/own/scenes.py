"""A doctor in the middle of their own verification."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.tests.factories import UserFactory
from common.uploads.tests import samples
from devtools.scanner import EICAR
from verification.models import ChecklistItem, VerificationCase
from verification.services import doctor_apply
from verification.states import ItemKind

PARTICULARS = {"title": "Dr", "given_name": "Nia", "family_name": "Rees", "gmc_number": "7654321"}


def applicant(**fields: Any) -> User:
    """Dr Nia Rees, who has begun and given nothing yet."""
    user = UserFactory.create(**fields)
    doctor_apply(actor=user, **PARTICULARS)
    return user


def case_of(user: User) -> VerificationCase:
    case = VerificationCase.objects.filter(doctor__user=user).first()
    assert case
    return case


def item_of(user: User, kind: ItemKind) -> ChecklistItem:
    return case_of(user).items.get(kind=kind)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def png(name: str = "passport.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.png(), "image/png")


def pdf(name: str = "indemnity.pdf", inside: bytes = b"BT ET") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, samples.pdf(samples.stream(inside)), "application/pdf")


def virus(name: str = "indemnity.pdf") -> SimpleUploadedFile:
    return pdf(name, inside=EICAR)
