from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import (
    Carer,
    ConsentQuestion,
    ConsentRecord,
    GuideDismissal,
    Invitation,
    OutsideIdentity,
    Patient,
    User,
)
from accounts.states import LIVE, InvitationState, Scope
from common import clock
from common.errors import NotFound

InvitationT = TypeVar("InvitationT", bound=Invitation)


def patient_of(user: User | AnonymousUser) -> Patient | None:
    """The patient whom this account belongs to; None for visitors and for people without a profile.

    The answer is kept on `user`, so that a request asks the database once.
    """
    return getattr(user, "patient", None)


def shares_nhs_number(patient: Patient) -> bool:
    """Whether another account has the same NHS number: for administrators and the log, never for patients."""
    if not patient.nhs_number:
        return False
    others = Patient.objects.filter(nhs_number=patient.nhs_number, user__isnull=False)
    return others.exclude(pk=patient.pk).exists()


def confirmed_account(email: str) -> User | None:
    """The active account whose address this is and which has proved it. What is shown must not tell that from None."""
    address = email.strip().lower()
    proved = EmailAddress.objects.filter(verified=True, email__iexact=address).values("user")
    return User.objects.filter(email=address, is_active=True, pk__in=proved).first()


def is_confirmed(user: User | AnonymousUser) -> bool:
    """Whether the account has proved that its address is its own."""
    return (
        user.is_authenticated
        and EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists()
    )


def _has_proved(user: User) -> Exists:
    """`is_confirmed` as a condition, for a list that costs one statement."""
    return Exists(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True))


def addressed_to(user: User | AnonymousUser, invitations: QuerySet[InvitationT]) -> QuerySet[InvitationT]:
    """Those of the invitations that the person can answer: to the address that they have proved to have."""
    if not isinstance(user, User):
        return invitations.none()
    return invitations.filter(_has_proved(user), email=user.email, state=InvitationState.INVITED)


def carer_rule(user: User, scope: Scope, prefix: str = "") -> Q:
    """The patients (or with `prefix`, such as "patient__", what is theirs) for whom the person may do that as a carer.

    It names each row once, and goes into one `filter()` with whatever else is asked. Whatever a carer is never to see
    (a confidential appointment, say) is kept out here, and so out of every list and every single check.
    """
    at = f"{prefix}carers__"
    accepted = Q(**{f"{at}user": user, f"{at}state": InvitationState.ACCEPTED, f"{at}{scope.value}": True})
    return accepted & (Q(**{f"{at}expires_at": None}) | Q(**{f"{at}expires_at__gt": clock.now()}))


def cared_for(user: User | AnonymousUser, scope: Scope) -> QuerySet[Patient]:
    """The patients whom the person may help in that way today, themselves not among them."""
    if not (isinstance(user, User) and user.is_active):
        return Patient.objects.none()
    return Patient.objects.filter(carer_rule(user, scope))


def patients_to_book_for(user: User) -> list[Patient]:
    """Whose visits the person may book: their own first, then those of the people who let them, by name."""
    own = patient_of(user)
    others = cared_for(user, Scope.BOOK).order_by("given_name", "family_name")
    return [*([own] if own else []), *others]


def carers_of(patient: Patient) -> QuerySet[Carer]:
    """Those whom a patient has asked to help and who have not been turned down: invited, accepted, or over by date."""
    return patient.carers.filter(state__in=sorted(LIVE)).select_related("user")


def carers_reading(patient: Patient, *, now: datetime) -> list[Carer]:
    """Those who read a part of the patient's health record now."""
    accepted = carers_of(patient).filter(state=InvitationState.ACCEPTED)
    return [one for one in accepted if one.reads_record and not one.has_expired(now)]


def carer_of(user: User, public_id: UUID) -> Carer:
    """One of those of the person's own as a patient. Raises `NotFound`, the same for everybody else's."""
    patient = patient_of(user)
    found = carers_of(patient).filter(public_id=public_id).first() if patient else None
    if found is None:
        raise NotFound("We cannot find that person among those who help you.")
    return found


def caring_of(user: User) -> QuerySet[Carer]:
    """Those patients whom the person helps today, as the relations that say how."""
    today = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    accepted = Carer.objects.filter(today, user=user, state=InvitationState.ACCEPTED)
    return accepted.select_related("patient").order_by("patient__given_name", "patient__family_name")


def caring_as(user: User, patient_id: UUID, scopes: Iterable[Scope]) -> Carer:
    """As what the person helps a patient today in one of these ways. Raises `NotFound`, the same for all others."""
    may = Q(*[(scope.value, True) for scope in scopes], _connector=Q.OR)
    found = caring_of(user).filter(may, patient__public_id=patient_id).first()
    if found is None:
        raise NotFound
    return found


def invitations_to(user: User) -> QuerySet[Carer]:
    """What the person is asked and has not answered: for whoever has proved to have the address that was asked."""
    today = Q(expires_at=None) | Q(expires_at__gt=clock.now())
    return addressed_to(user, Carer.objects.filter(today).select_related("patient"))


def consents_of(patient: Patient) -> QuerySet[ConsentRecord]:
    """What was agreed to for a patient, the latest first: also what was taken back, and earlier wordings."""
    records = ConsentRecord.objects.filter(patient=patient)
    return records.select_related("question", "given_by", "patient").order_by("-given_at", "-pk")


def consent_of(user: User, public_id: UUID) -> ConsentRecord:
    """One of those of the person's own as a patient. Raises `NotFound`, the same for everybody else's."""
    patient = patient_of(user)
    found = consents_of(patient).filter(public_id=public_id).first() if patient else None
    if found is None:
        raise NotFound("We cannot find that among what you agreed to.")
    return found


def consents_open(patients: Iterable[Patient]) -> list[ConsentQuestion]:
    """What the clinic asks and at least one of the patients has not agreed to in today's words, in its order."""
    ids = [patient.pk for patient in patients]
    given = ConsentRecord.objects.filter(
        question=OuterRef("pk"), version=OuterRef("version"), status=ConsentRecord.Status.ACTIVE, patient__in=ids
    )
    agreed = given.order_by().values("question").annotate(count=Count("patient")).values("count")
    asked = ConsentQuestion.objects.filter(is_active=True).annotate(agreed=Subquery(agreed))
    return [question for question in asked if (question.agreed or 0) < len(ids)]


def guides_dismissed(user: User) -> frozenset[str]:
    """The guides to the first steps that the person has put away."""
    return frozenset(GuideDismissal.objects.filter(user=user).values_list("guide", flat=True))


def is_address_taken(email: str) -> bool:
    """Whether an account has this address, proved or not. Only whoever has proved that it is theirs may be told."""
    address = email.strip().lower()
    known = EmailAddress.objects.filter(email__iexact=address).exists()
    return known or User.objects.filter(email=address).exists()


def outside_identities_of(user: User) -> QuerySet[OutsideIdentity]:
    """By which other providers an account is known."""
    return OutsideIdentity.objects.filter(user=user).select_related("tokens").order_by("provider")
