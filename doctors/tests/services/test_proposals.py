"""A doctor proposes, a moderator decides, and what editors have begun stays begun."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.roles import Role
from accounts.tests.factories import UserFactory
from audit.models import Event
from common import clock
from common.errors import Conflict, Forbidden, Invalid, NotFound
from doctors import profile
from doctors.models import Doctor, DoctorPage, PageProposal
from doctors.services import Seen, proposal_approve, proposal_ask, proposal_reject, proposal_send, proposal_withdraw
from doctors.states import ProposalStatus
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from notifications.models import Message

pytestmark = pytest.mark.django_db

NEW = {"biography": "<p>Looks after hearts, old and young.</p>", "interests": ["Palpitations"]}


@pytest.fixture
def page() -> DoctorPage:
    doctor = DoctorFactory.create(listed=True, user=UserFactory.create(roles=[Role.DOCTOR]))
    made: DoctorPage = DoctorPageFactory.create(doctor=doctor)
    made.save_revision().publish()
    return DoctorPage.objects.get(pk=made.pk)


@pytest.fixture
def moderator() -> User:
    made: User = UserFactory.create(roles=[Role.CONTENT_MODERATOR])
    return made


def send(doctor: Doctor, seen: int = 0, **content: Any) -> PageProposal:
    assert doctor.user is not None
    said = profile.content_of(DoctorPage.objects.get(doctor=doctor)) | (content or NEW)
    return proposal_send(actor=doctor.user, doctor_id=doctor.public_id, content=said, seen=seen, now=clock.now())


def seen_of(proposal: PageProposal) -> Seen:
    page = DoctorPage.objects.get(doctor=proposal.doctor)
    return Seen(version=proposal.version, revision=page.live_revision_id or 0)


def approve(moderator: User, proposal: PageProposal, seen: Seen | None = None) -> PageProposal:
    return proposal_approve(
        actor=moderator, proposal_id=proposal.public_id, seen=seen or seen_of(proposal), now=clock.now()
    )


def live(page: DoctorPage) -> profile.Content:
    return profile.content_of(DoctorPage.objects.get(pk=page.pk))


def test_moderators_are_told_of_a_proposal_once_until_they_have_said_a_word(page: DoctorPage, moderator: User) -> None:
    own = page.doctor.user
    assert own is not None
    own.groups.add(Group.objects.get(name=Role.CONTENT_MODERATOR))
    UserFactory.create(roles=[Role.CONTENT_EDITOR])
    UserFactory.create(is_superuser=True)

    proposal = send(page.doctor)
    proposal = send(page.doctor, seen=proposal.version, interests=["Heart failure"])
    told = Message.objects.filter(kind="page_proposed")
    assert [message.user for message in told] == [moderator]
    assert "Heart failure" not in str(told[0].facts)

    proposal_ask(
        actor=moderator, proposal_id=proposal.public_id, seen=seen_of(proposal), comment="A source?", now=clock.now()
    )
    proposal.refresh_from_db()
    send(page.doctor, seen=proposal.version, interests=["Arrhythmia"])
    assert told.all().count() == 2


def test_what_is_approved_is_public_at_once_and_the_doctor_is_told(page: DoctorPage, moderator: User) -> None:
    proposal = send(page.doctor)
    assert set(proposal.content) == {"biography", "interests"}
    assert "young" not in live(page)["biography"]

    approve(moderator, proposal)

    assert live(page) == live(page) | NEW
    told = Message.objects.exclude(kind="page_proposed").get()
    assert (told.kind, told.user) == ("page_proposal_approved", page.doctor.user)
    assert "hearts" not in str(told.facts)
    written = (
        Event.objects.filter(action__startswith="doctor_page.prop").order_by("pk").values_list("action", flat=True)
    )
    assert list(written) == ["doctor_page.proposed", "doctor_page.proposal_approved"]


def test_an_editors_draft_stays_a_draft_and_takes_the_approved_words_in(page: DoctorPage, moderator: User) -> None:
    proposal = send(page.doctor)
    draft = DoctorPage.objects.get(pk=page.pk)
    profile.apply(draft, {"questions": [{"question": "Half a", "answer": "<p>sentence</p>"}], "interests": ["Feet"]})
    draft.save_revision(user=moderator)

    approve(moderator, proposal)

    assert live(page)["questions"] == []
    now = DoctorPage.objects.get(pk=page.pk)
    assert now.has_unpublished_changes
    kept = profile.content_of(now.get_latest_revision_as_object())
    assert kept["biography"] == NEW["biography"]
    assert kept["questions"][0]["question"] == "Half a"
    # The editor rewrote this too, so it is theirs to settle.
    assert kept["interests"] == ["Feet"]


def test_a_version_that_waits_for_its_hour_still_goes_public_then_with_the_approved_words(
    page: DoctorPage, moderator: User
) -> None:
    later = DoctorPage.objects.get(pk=page.pk)
    later.go_live_at = clock.now() + timedelta(days=3)
    profile.apply(later, {"questions": [{"question": "Later", "answer": "<p>Yes</p>"}]})
    later.save_revision(user=moderator).publish()
    assert DoctorPage.objects.get(pk=page.pk).scheduled_revision

    approve(moderator, send(page.doctor))

    assert live(page)["questions"] == []
    scheduled = DoctorPage.objects.get(pk=page.pk).scheduled_revision
    assert scheduled is not None
    scheduled.approved_go_live_at = None
    due = scheduled.as_object()
    due.go_live_at = None
    due.save_revision().publish()
    assert live(page)["questions"][0]["question"] == "Later"
    assert live(page)["biography"] == NEW["biography"]


def test_the_first_word_counts(page: DoctorPage, moderator: User) -> None:
    proposal = send(page.doctor)
    seen = seen_of(proposal)
    proposal_reject(
        actor=moderator, proposal_id=proposal.public_id, seen=seen, comment="Please name no rivals.", now=clock.now()
    )
    other = UserFactory.create(roles=[Role.CONTENT_MODERATOR])
    with pytest.raises(Conflict) as refused:
        approve(other, proposal, seen)
    assert refused.value.code == "proposal_decided"
    assert "young" not in live(page)["biography"]


def test_nobody_decides_about_words_that_they_have_not_seen(page: DoctorPage, moderator: User) -> None:
    proposal = send(page.doctor)
    seen = seen_of(proposal)
    send(page.doctor, seen=1, biography="<p>Something else.</p>")
    with pytest.raises(Conflict, match="changed the proposal"):
        approve(moderator, proposal, seen)
    page.save_revision(user=moderator).publish()
    with pytest.raises(Conflict, match="page has changed"):
        approve(moderator, proposal, Seen(version=2, revision=seen.revision))


def test_what_is_asked_for_comes_back_as_the_same_proposal(page: DoctorPage, moderator: User) -> None:
    proposal = send(page.doctor)
    with pytest.raises(Invalid):
        proposal_ask(
            actor=moderator, proposal_id=proposal.public_id, seen=seen_of(proposal), comment=" ", now=clock.now()
        )
    proposal_ask(
        actor=moderator,
        proposal_id=proposal.public_id,
        seen=seen_of(proposal),
        comment="Say it shorter.",
        now=clock.now(),
    )
    again = send(page.doctor, seen=1, biography="<p>Hearts.</p>")
    assert (again.pk, again.version, again.status) == (proposal.pk, 2, ProposalStatus.WAITING)
    with pytest.raises(Conflict):
        send(page.doctor, seen=1)
    approve(moderator, again)
    assert live(page)["biography"] == "<p>Hearts.</p>"


def test_only_the_doctor_proposes_and_only_while_listed(page: DoctorPage) -> None:
    doctor, other = page.doctor, DoctorFactory.create(listed=True, user=UserFactory.create())
    with pytest.raises(NotFound):
        proposal_send(actor=other.user, doctor_id=doctor.public_id, content=NEW, seen=0, now=clock.now())
    with pytest.raises(Invalid, match="already"):
        send(doctor, **profile.content_of(page))
    Doctor.objects.filter(pk=doctor.pk).update(is_active=False)
    with pytest.raises(Forbidden):
        send(doctor)


def test_a_doctor_takes_it_back_and_begins_again(page: DoctorPage, moderator: User) -> None:
    doctor = page.doctor
    first = send(doctor)
    assert doctor.user
    proposal_withdraw(actor=doctor.user, doctor_id=doctor.public_id, now=clock.now())
    with pytest.raises(NotFound):
        proposal_withdraw(actor=doctor.user, doctor_id=doctor.public_id, now=clock.now())
    with pytest.raises(Conflict):
        approve(moderator, first)
    assert send(doctor).pk != first.pk


def test_sending_and_taking_back_again_and_again_is_one_mail_a_day(page: DoctorPage, moderator: User) -> None:
    doctor, told = page.doctor, Message.objects.filter(kind="page_proposed")
    assert doctor.user
    for _ in range(3):
        send(doctor)
        proposal_withdraw(actor=doctor.user, doctor_id=doctor.public_id, now=clock.now())
    assert told.count() == 1

    told.update(created_at=clock.now() - timedelta(hours=25))
    send(doctor)
    assert told.all().count() == 2


@pytest.mark.parametrize("role", [None, Role.CONTENT_EDITOR, Role.DOCTOR, Role.VERIFICATION_OFFICER])
def test_nobody_else_decides(page: DoctorPage, role: Role | None) -> None:
    proposal = send(page.doctor)
    with pytest.raises(Forbidden):
        approve(UserFactory.create(roles=[role] if role else []), proposal)


def test_a_moderator_does_not_decide_about_their_own_page(moderator: User) -> None:
    page = DoctorPageFactory.create(doctor=DoctorFactory.create(listed=True, user=moderator))
    with pytest.raises(Forbidden, match="colleague"):
        approve(moderator, send(page.doctor))


def test_nothing_goes_public_for_a_doctor_who_is_not_listed_or_on_a_page_that_is_held(
    page: DoctorPage, moderator: User
) -> None:
    proposal = send(page.doctor)
    DoctorPage.objects.filter(pk=page.pk).update(locked=True)
    with pytest.raises(Conflict, match="locked"):
        approve(moderator, proposal)
    DoctorPage.objects.filter(pk=page.pk).update(locked=False, live=False)
    with pytest.raises(Conflict, match="taken this page down"):
        approve(moderator, proposal)
    Doctor.objects.filter(pk=page.doctor.pk).update(is_active=False)
    with pytest.raises(Conflict, match="not listed"):
        approve(moderator, proposal)


def test_the_database_keeps_one_open_proposal_a_doctor(page: DoctorPage) -> None:
    proposal = send(page.doctor)
    with pytest.raises(IntegrityError, match="proposal_one_open_a_doctor"), transaction.atomic():
        PageProposal.objects.create(doctor=proposal.doctor, content={}, base={}, sent_at=clock.now())


@pytest.mark.parametrize(
    "text",
    ["One.\n\nTwo & <b>three</b>.", "Before\n\n- one\n- two\n\nafter", "A line\nand another", ""],
)
def test_what_is_typed_comes_back_as_typed_and_is_never_markup(text: str) -> None:
    html = profile.html_of(text)
    assert profile.text_of(html) == text
    assert "<b>" not in html
