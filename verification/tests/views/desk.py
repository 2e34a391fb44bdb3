"""What an officer's tests of the admin begin with."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User
from verification.models import ChecklistItem, VerificationCase
from verification.states import ReasonCode

HTMX = {"HX-Request": "true"}
REASON = {"reason-reason_code": ReasonCode.EVIDENCE.value, "reason-reason": "Indemnity ran out."}
QUEUE = "/admin/verification/"


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def case_path(case: VerificationCase, action: str = "inspect") -> str:
    return reverse(f"verification:{action}", args=[case.public_id])


def item_path(item: ChecklistItem, action: str) -> str:
    return reverse(f"verification:item_{action}", args=[item.case.public_id, item.public_id])


def act(
    client: Client,
    case: VerificationCase,
    action: str,
    data: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Any:
    return client.post(case_path(case, action), data or {}, headers=headers or {})


def page_of(user: User, case: VerificationCase) -> str:
    return signed_in(user).get(case_path(case)).content.decode()
