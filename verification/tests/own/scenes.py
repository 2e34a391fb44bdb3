"""A doctor in the middle of their own verification."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from accounts.models import User
from accounts.tests.factories import UserFactory
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
    buffer = BytesIO()
    Image.new("RGB", (120, 80), "white").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue(), "image/png")


def pdf(name: str = "indemnity.pdf", inside: bytes = b"") -> SimpleUploadedFile:
    """A small document of one empty page; `inside` stands in a comment of it."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] >>",
    ]
    body = b"%PDF-1.4\n" + (b"%" + inside + b"\n" if inside else b"")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return SimpleUploadedFile(name, body + table + end, "application/pdf")


def virus(name: str = "indemnity.pdf") -> SimpleUploadedFile:
    return pdf(name, inside=EICAR)
