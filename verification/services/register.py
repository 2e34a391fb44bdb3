from __future__ import annotations

import unicodedata
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from audit.services import event_record
from common import clock
from common.errors import NotFound
from doctors.models import Doctor
from integrations import registers
from verification import policies
from verification.models import RegisterCheck, VerificationCase
from verification.states import RegisterResult


def register_look_up(*, actor: User, case_id: UUID) -> RegisterCheck:
    """Ask the register about the doctor's GMC number, and keep the result, the number and the time; no more of it.

    Call it outside a transaction: the register may take its time. An answer that does not come is a result too
    (`away`). Raises `NotFound`, `Forbidden`.
    """
    case = VerificationCase.objects.select_related("doctor").filter(public_id=case_id).first()
    if case is None:
        raise NotFound
    policies.assert_may_decide(actor, case.doctor)
    check = _asked(case)
    with transaction.atomic():
        check.save(force_insert=True)
        facts: dict[str, Any] = {"provider": check.provider, "subject": check.subject, "result": check.result}
        event_record("register.looked_up", case, actor=actor, doctor=str(case.doctor.public_id), **facts)
    return check


def _asked(case: VerificationCase) -> RegisterCheck:
    number = case.doctor.gmc_number
    check = RegisterCheck(case=case, provider=registers.provider_name(), subject=number, retrieved_at=clock.now())
    try:
        entry = registers.look_up(number)
    except registers.LookUpByHand:
        check.result = RegisterResult.MANUAL
        return check
    except registers.RegisterAway:
        check.result = RegisterResult.AWAY
        return check
    if entry is None:
        check.result = RegisterResult.NOT_FOUND
        return check
    agrees = names_agree(entry.name, case.doctor)
    check.result = RegisterResult.MATCHES if agrees else RegisterResult.NAME_DIFFERS
    check.has_licence, check.has_conditions = entry.licence, bool(entry.conditions)
    check.on_specialist_register, check.on_gp_register = entry.specialist_register, entry.gp_register
    check.retrieved_at = entry.retrieved_at
    return check


def names_agree(on_register: str, doctor: Doctor) -> bool:
    """Whether every word of the doctor's name stands in the register's, which may hold more; accents do not count."""
    return set(_words(f"{doctor.given_name} {doctor.family_name}")) <= set(_words(on_register))


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(one if one.isalnum() else " " for one in plain if not unicodedata.combining(one))
    return letters.split()
