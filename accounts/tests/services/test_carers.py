from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Carer, Patient, User
from accounts.policies import may_act_for
from accounts.selectors import cared_for, carers_of, caring_of, invitations_to
from accounts.services import (
    Terms,
    carer_accept,
    carer_change,
    carer_decline,
    carer_invite,
    carer_leave,
    carer_revoke,
)
from accounts.services.carers import INVITATIONS_A_DAY, MOST_CARERS
from accounts.states import EndReason, InvitationState, Scope
from accounts.tests.factories import CarerFactory, PatientFactory, UserFactory
from audit.models import Event
from common import clock
from common.errors import Conflict, Invalid, NotFound
from notifications.models import Message

pytestmark = pytest.mark.django_db

ADDRESS = "helper@example.org"
SEE, BOOK = Terms(scopes=frozenset({Scope.SEE})), Terms(scopes=frozenset({Scope.BOOK}))


@pytest.fixture
def patient() -> Patient:
    made: Patient = PatientFactory.create()
    return made


def user_of(patient: Patient) -> User:
    assert patient.user
    return patient.user


def invite(patient: Patient, email: str = ADDRESS, terms: Terms = BOOK) -> Carer:
    return carer_invite(actor=user_of(patient), email=email, relation="child", terms=terms)


def events() -> list[str]:
    return list(Event.objects.filter(action__startswith="carer.").order_by("pk").values_list("action", flat=True))


def test_from_the_invitation_to_its_end(patient: Patient) -> None:
    helper = UserFactory.create(email=ADDRESS)
    carer = invite(patient, " Helper@Example.ORG ")
    assert [asked.pk for asked in invitations_to(helper)] == [carer.pk]
    assert not may_act_for(helper, patient, Scope.SEE)
    carer_accept(actor=helper, carer_id=carer.public_id)
    assert not invitations_to(helper).exists()
    assert [one.pk for one in caring_of(helper)] == [carer.pk]
    assert may_act_for(helper, patient, Scope.SEE)
    assert may_act_for(helper, patient, Scope.BOOK)
    assert not may_act_for(helper, patient, Scope.PAY)
    carer_change(actor=user_of(patient), carer_id=carer.public_id, terms=SEE)
    assert may_act_for(helper, patient, Scope.SEE)
    assert not may_act_for(helper, patient, Scope.BOOK)
    carer_revoke(actor=user_of(patient), carer_id=carer.public_id)
    assert not may_act_for(helper, patient, Scope.SEE)
    assert not carers_of(patient).exists()
    assert events() == ["carer.invited", "carer.accepted", "carer.changed", "carer.revoked"]
    kept = Carer.history.filter(id=carer.pk).values_list("history_user__email", flat=True)
    assert list(kept) == [user_of(patient).email, user_of(patient).email, ADDRESS, user_of(patient).email]


def test_whoever_has_the_address_is_written_to_in_the_same_way_with_and_without_an_account(patient: Patient) -> None:
    UserFactory.create(email="known@example.org")
    UserFactory.create(email="unproved@example.org", confirmed=False)
    addresses = ["known@example.org", "unproved@example.org", "nobody@example.org"]
    answers = [invite(patient, address) for address in addresses]
    assert {(answer.state, answer.user_id) for answer in answers} == {(InvitationState.INVITED, None)}
    sent = Message.objects.filter(kind="carer_invited").order_by("pk")
    assert [message.email for message in sent] == addresses
    assert {(message.user_id, str(message.facts)) for message in sent} == {
        (None, str({"path": reverse("accounts:caring")}))
    }


def test_the_patient_is_told_of_every_change(patient: Patient) -> None:
    helper = UserFactory.create(email=ADDRESS)
    carer = invite(patient)
    carer_accept(actor=helper, carer_id=carer.public_id)
    carer_change(actor=user_of(patient), carer_id=carer.public_id, terms=SEE)
    carer_leave(actor=helper, carer_id=carer.public_id)
    told = Message.objects.filter(kind="carers_changed", user=patient.user).order_by("pk")
    assert [message.facts["event"] for message in told] == ["invited", "accepted", "changed", "left"]


def test_asking_again_while_it_stands_sends_nothing(patient: Patient) -> None:
    assert invite(patient) == invite(patient)
    assert events() == ["carer.invited"]
    assert Message.objects.filter(kind="carer_invited").count() == 1


def test_after_its_end_somebody_can_be_asked_again(patient: Patient) -> None:
    first = invite(patient)
    carer_revoke(actor=user_of(patient), carer_id=first.public_id)
    assert invite(patient).pk != first.pk
    over = CarerFactory.create(patient=patient, email="old@example.org", expires_at=clock.now() - timedelta(days=1))
    again = invite(patient, "old@example.org")
    over.refresh_from_db()
    assert again.pk != over.pk
    assert over.end_reason == EndReason.EXPIRED


def test_what_is_asked_must_make_sense(patient: Patient) -> None:
    own = user_of(patient)
    for email, terms, field in (
        (own.email.upper(), BOOK, "email"),
        (ADDRESS, Terms(scopes=frozenset()), "scopes"),
        (ADDRESS, Terms(scopes=frozenset({Scope.SEE}), expires_at=clock.now()), "until"),
    ):
        with pytest.raises(Invalid) as refused:
            invite(patient, email, terms)
        assert field in refused.value.fields
    with pytest.raises(NotFound):
        carer_invite(actor=UserFactory.create(), email=ADDRESS, relation="child", terms=BOOK)
    assert not Carer.objects.exists()


def test_nobody_can_send_mails_to_any_number_of_addresses(patient: Patient) -> None:
    for number in range(INVITATIONS_A_DAY):
        carer = invite(patient, f"person-{number}@elsewhere.example")
        carer_revoke(actor=user_of(patient), carer_id=carer.public_id)
    with pytest.raises(Conflict) as refused:
        invite(patient)
    assert refused.value.code == "too_many_invitations"
    Carer.objects.update(invited_at=clock.now() - timedelta(days=2))
    for number in range(MOST_CARERS):
        CarerFactory.create(patient=patient, invited=True, email=f"asked-{number}@elsewhere.example")
    Carer.objects.update(invited_at=clock.now() - timedelta(days=2))
    with pytest.raises(Conflict) as refused:
        invite(patient)
    assert refused.value.code == "too_many_carers"


def test_only_who_has_proved_the_address_answers(patient: Patient) -> None:
    carer = invite(patient)
    UserFactory.create(email=ADDRESS, confirmed=False)
    for actor in (UserFactory.create(), User.objects.get(email=ADDRESS), user_of(patient)):
        assert not invitations_to(actor).exists()
        for answer in (carer_accept, carer_decline, carer_leave):
            with pytest.raises(NotFound):
                answer(actor=actor, carer_id=carer.public_id)


def test_only_the_patient_changes_and_takes_back() -> None:
    carer = CarerFactory.create()
    for actor in (carer.user, UserFactory.create(), user_of(PatientFactory.create())):
        with pytest.raises(NotFound):
            carer_change(actor=actor, carer_id=carer.public_id, terms=SEE)
        with pytest.raises(NotFound):
            carer_revoke(actor=actor, carer_id=carer.public_id)
    with pytest.raises(NotFound):
        carer_leave(actor=user_of(carer.patient), carer_id=carer.public_id)


def test_a_patient_who_takes_a_new_address_is_not_their_own_carer(patient: Patient) -> None:
    carer = invite(patient)
    own = user_of(patient)
    own.email = ADDRESS
    own.save()
    EmailAddress.objects.filter(user=own).update(email=ADDRESS)
    with pytest.raises(Conflict) as refused:
        carer_accept(actor=own, carer_id=carer.public_id)
    assert refused.value.code == "own_invitation"


def test_no_one_helps_a_patient_twice(patient: Patient) -> None:
    helper = UserFactory.create(email=ADDRESS)
    CarerFactory.create(patient=patient, user=helper, email="former@example.org")
    with pytest.raises(Conflict) as refused:
        carer_accept(actor=helper, carer_id=invite(patient).public_id)
    assert refused.value.code == "already_carer"


def _moves() -> dict[str, Callable[[Carer], Any]]:
    own = lambda carer: user_of(carer.patient)  # noqa: E731
    asked = lambda carer: User.objects.get(email=carer.email)  # noqa: E731
    return {
        "accept": lambda carer: carer_accept(actor=asked(carer), carer_id=carer.public_id),
        "decline": lambda carer: carer_decline(actor=asked(carer), carer_id=carer.public_id),
        "revoke": lambda carer: carer_revoke(actor=own(carer), carer_id=carer.public_id),
        "change": lambda carer: carer_change(actor=own(carer), carer_id=carer.public_id, terms=SEE),
        "leave": lambda carer: carer_leave(actor=asked(carer), carer_id=carer.public_id),
    }


@pytest.mark.parametrize(
    ("begun", "move", "becomes"),
    [
        ("invited", "accept", "accepted"),
        ("invited", "decline", "declined"),
        ("invited", "revoke", "revoked"),
        ("invited", "change", "invited"),
        ("invited", "leave", NotFound),
        ("accepted", "accept", "accepted"),
        ("accepted", "decline", Conflict),
        ("accepted", "revoke", "revoked"),
        ("accepted", "change", "accepted"),
        ("accepted", "leave", "left"),
        ("declined", "accept", Conflict),
        ("declined", "decline", "declined"),
        ("declined", "revoke", Conflict),
        ("declined", "change", Conflict),
        ("declined", "leave", NotFound),
        ("revoked", "accept", Conflict),
        ("revoked", "decline", Conflict),
        ("revoked", "revoke", "revoked"),
        ("revoked", "change", Conflict),
        ("left", "accept", Conflict),
        ("left", "leave", "left"),
        ("left", "revoke", Conflict),
    ],
)
def test_every_move_from_every_state(begun: str, move: str, becomes: str | type[Exception]) -> None:
    helper = UserFactory.create(email=ADDRESS)
    made: dict[str, Any] = {"email": ADDRESS}
    if begun in ("invited", "declined"):
        made |= {"invited": True}
    else:
        made |= {"user": helper}
    if begun in ("declined", "revoked", "left"):
        made |= {"state": InvitationState.ENDED, "end_reason": begun, "ended_at": clock.now()}
    carer = CarerFactory.create(**made)
    before = Event.objects.count()
    if isinstance(becomes, str):
        _moves()[move](carer)
        carer.refresh_from_db()
        assert becomes in (carer.state, carer.end_reason)
        is_repeated = becomes == begun and move != "change"
        assert (Event.objects.count() == before) == is_repeated
    else:
        with pytest.raises(becomes):
            _moves()[move](carer)
        assert Event.objects.count() == before


def test_its_end_holds_without_anybody_ending_it() -> None:
    carer = CarerFactory.create(expires_at=clock.now() + timedelta(hours=1))
    assert may_act_for(carer.user, carer.patient, Scope.BOOK)
    Carer.objects.update(expires_at=clock.now())
    assert not may_act_for(carer.user, carer.patient, Scope.SEE)
    assert not cared_for(carer.user, Scope.SEE).exists()
    assert not caring_of(carer.user).exists()
    invited = CarerFactory.create(invited=True, email=ADDRESS, expires_at=clock.now())
    helper = UserFactory.create(email=ADDRESS)
    assert not invitations_to(helper).exists()
    with pytest.raises(Conflict):
        carer_accept(actor=helper, carer_id=invited.public_id)


def test_a_carer_helps_that_patient_alone_and_oneself_always() -> None:
    carer, other = CarerFactory.create(), CarerFactory.create()
    own = PatientFactory.create(user=carer.user)
    CarerFactory.create(ended=True, user=carer.user)
    CarerFactory.create(user=carer.user, can_see=False, can_book=False, can_pay=True)
    assert list(cared_for(carer.user, Scope.SEE)) == [carer.patient]
    assert not may_act_for(carer.user, other.patient, Scope.SEE)
    assert may_act_for(carer.user, own, Scope.BOOK)
    carer.user.is_active = False
    assert not may_act_for(carer.user, carer.patient, Scope.SEE)
    assert not may_act_for(carer.user, own, Scope.SEE)


def test_no_other_hand_can_write_what_the_services_refuse() -> None:
    carer = CarerFactory.create()
    wrong: list[dict[str, Any]] = [
        {"patient": carer.patient, "email": carer.email, "user": UserFactory.create()},
        {"patient": carer.patient, "user": carer.user, "email": "other@example.org"},
        {"email": "Capital@example.org"},
        {"can_see": False},
        {"can_see": False, "can_book": False},
        {"user": None, "email": "nobody@example.org"},
        {"state": InvitationState.ENDED},
        {"patient": carer.patient, "user": user_of(carer.patient)},
    ]
    for fields in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            CarerFactory.create(**fields)


def test_whoever_helped_is_told_once_that_it_is_over_and_no_mail_names_the_patient() -> None:
    carer = CarerFactory.create(patient__given_name="Canary", patient__family_name="Haddad")
    for _ in range(2):
        carer_revoke(actor=user_of(carer.patient), carer_id=carer.public_id)
    [message] = Message.objects.filter(kind="carer_ended")
    assert message.user == carer.user
    assert message.facts == {"path": "/account/caring/"}
    assert not any("Canary" in str(sent.facts) for sent in Message.objects.all())


def test_an_address_that_was_only_asked_is_told_nothing_about_the_patient(patient: Patient) -> None:
    carer_revoke(actor=user_of(patient), carer_id=invite(patient).public_id)
    assert not Message.objects.filter(kind="carer_ended").exists()


def test_whoever_gives_it_up_needs_no_letter() -> None:
    carer = CarerFactory.create()
    assert carer.user is not None
    carer_leave(actor=carer.user, carer_id=carer.public_id)
    assert not Message.objects.filter(kind="carer_ended").exists()
