"""The demo's accounts: staff, patients and one doctor, made by the services that make real ones."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Carer, Patient, User
from accounts.roles import Role
from accounts.services import Terms, carer_accept, carer_invite, profile_complete, user_create_confirmed
from accounts.states import Scope
from doctors.models import Location
from doctors.services import staff_join
from medconsult.demo import content
from medconsult.demo.accounts import PASSWORD
from medconsult.demo.content import shapes


@dataclass(frozen=True)
class Cast:
    admin: User
    verifier: User
    doctor: User
    patients: list[Patient]


def cast() -> Cast:
    """Everybody who can sign in; whoever is there already stays as they are."""
    admin = account("admin", "Frances", "Adeyemi", Role.ADMINISTRATOR, is_superuser=True)
    account("editor", "Tom", "Lindqvist", Role.CONTENT_EDITOR)
    account("moderator", "Helen", "Marsh", Role.CONTENT_MODERATOR)
    account("billing", "Nadia", "Petrova", Role.BILLING_OFFICER)
    first = content.DOCTORS[0]
    return Cast(
        admin=admin,
        verifier=account("verifier", "Ruth", "Castellano", Role.VERIFICATION_OFFICER),
        doctor=account("doctor", first.given_name, first.family_name, Role.DOCTOR),
        patients=[_patient(sample, first=index == 0) for index, sample in enumerate(content.PATIENTS)],
    )


def reception() -> None:
    """Somebody at the desk of the place where the demo's doctor works, once there are places."""
    location = Location.objects.get(slug=content.DOCTORS[0].locations[0])
    user = account("reception", "Joanne", "Whitlock")
    staff_join(actor=None, location_id=location.pk, user_id=user.public_id)


def carers(people: Cast) -> None:
    """The first patient helps the second, an older relative, with the bookings."""
    helper, helped = (patient.user for patient in people.patients[:2])
    assert helper is not None
    assert helped is not None
    if Carer.objects.exists():
        return
    terms = Terms(scopes=frozenset({Scope.SEE, Scope.BOOK}))
    carer = carer_invite(actor=helped, email=helper.email, relation=Carer.Relation.RELATIVE, terms=terms)
    carer_accept(actor=helper, carer_id=carer.public_id)


def account(name: str, first_name: str, last_name: str, *roles: Role, is_superuser: bool = False) -> User:
    """The account of that name, made where it is missing."""
    email = f"{name}@demo.example"
    return User.objects.filter(email=email).first() or user_create_confirmed(
        email=email,
        password=PASSWORD,
        first_name=first_name,
        last_name=last_name,
        roles=roles,
        is_superuser=is_superuser,
    )


def _patient(sample: shapes.Patient, *, first: bool) -> Patient:
    name = "patient" if first else f"{sample.given_name}.{sample.family_name}".lower()
    user = account(name, sample.given_name, sample.family_name, Role.PATIENT)
    return Patient.objects.filter(user=user).first() or profile_complete(
        actor=user,
        given_name=sample.given_name,
        family_name=sample.family_name,
        birth_date=sample.birth_date,
        phone=sample.phone,
        gender=sample.gender,
        nhs_number=sample.nhs_number,
    )
