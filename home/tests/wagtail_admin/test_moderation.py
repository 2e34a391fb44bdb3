"""A moderator compares and decides in the admin."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from common import clock
from doctors.models import DoctorPage, PageProposal
from doctors.services import proposal_send
from doctors.states import ProposalStatus
from doctors.tests.factories import DoctorFactory, DoctorPageFactory
from verification.states import Status
from verification.tests.factories import CaseFactory

pytestmark = pytest.mark.django_db


def signed_in(role: Role) -> Client:
    client = Client()
    client.force_login(UserFactory.create(roles=[role]), backend="accounts.backends.AccountBackend")
    return client


@pytest.fixture
def moderator() -> Client:
    return signed_in(Role.CONTENT_MODERATOR)


@pytest.fixture
def proposal() -> PageProposal:
    doctor = DoctorFactory.create(listed=True, user=UserFactory.create(roles=[Role.DOCTOR]))
    CaseFactory.create(doctor=doctor, status=Status.VERIFIED)
    DoctorPageFactory.create(doctor=doctor, biography="<p>Looks after old hearts.</p>").save_revision().publish()
    return proposal_send(
        actor=doctor.user,
        doctor_id=doctor.public_id,
        content={"biography": "<p>Looks after young hearts.</p>"},
        seen=0,
        now=clock.now(),
    )


def path(proposal: PageProposal) -> str:
    return f"/admin/proposals/{proposal.public_id}/"


def said(proposal: PageProposal, do: str, comment: str = "") -> dict[str, str]:
    page = DoctorPage.objects.get(doctor=proposal.doctor)
    return {
        "do": do,
        "comment": comment,
        "version": str(proposal.version),
        "revision": str(page.live_revision_id or 0),
    }


def test_the_difference_stands_beside_the_credentials(moderator: Client, proposal: PageProposal) -> None:
    assert proposal.doctor.name in moderator.get("/admin/proposals/").content.decode()
    shown = moderator.get(path(proposal)).content.decode()
    assert "<del>old</del>" in shown
    assert "<ins>young</ins>" in shown
    assert f"GMC number {proposal.doctor.gmc_number}" in shown
    assert shown.index("Identity document: checked") < shown.index("<ins>young</ins>")
    assert "not among what was verified" not in shown


def test_a_proposed_qualification_is_said_to_be_a_word_of_the_doctors(
    moderator: Client, proposal: PageProposal
) -> None:
    rows = [{"name": "MRCP (UK)", "institution": "", "year": ""}]
    PageProposal.objects.filter(pk=proposal.pk).update(content={"qualifications": rows}, base={"qualifications": []})
    assert "not among what was verified" in moderator.get(path(proposal)).content.decode()


def test_approving_publishes_and_the_second_moderator_gets_409(moderator: Client, proposal: PageProposal) -> None:
    asked = said(proposal, "approve")
    assert moderator.post(path(proposal), asked).status_code == 302
    assert "young" in Client().get(proposal.doctor.page_url).content.decode()
    late = signed_in(Role.ADMINISTRATOR).post(path(proposal), {**asked, "do": "reject", "comment": "No."})
    assert late.status_code == 409
    assert "cannot be changed any more" in late.content.decode()


@pytest.mark.parametrize(("do", "status"), [("ask", ProposalStatus.ASKED), ("reject", ProposalStatus.REJECTED)])
def test_saying_no_needs_a_word_which_the_doctor_reads(
    moderator: Client, proposal: PageProposal, do: str, status: ProposalStatus
) -> None:
    silent = moderator.post(path(proposal), said(proposal, do))
    assert silent.status_code == 422
    assert "Write to the doctor" in silent.content.decode()
    assert moderator.post(path(proposal), said(proposal, do, "Please name no rivals.")).status_code == 302
    proposal.refresh_from_db()
    assert proposal.status == status
    doctor = Client()
    doctor.force_login(proposal.doctor.user, backend="accounts.backends.AccountBackend")  # type: ignore[arg-type]
    assert "Please name no rivals." in doctor.get("/my-page/").content.decode()


def test_a_page_that_changed_meanwhile_is_compared_once_more(moderator: Client, proposal: PageProposal) -> None:
    asked = said(proposal, "approve")
    page = DoctorPage.objects.get()
    page.biography = "<p>Looks after broken hearts.</p>"
    page.save_revision().publish()
    refused = moderator.post(path(proposal), asked)
    assert refused.status_code == 409
    shown = refused.content.decode()
    assert "The page was changed here after the doctor wrote." in shown
    again = said(proposal, "approve")
    assert f'name="revision" value="{again["revision"]}"' in shown
    assert moderator.post(path(proposal), again).status_code == 302


@pytest.mark.parametrize("role", [Role.CONTENT_EDITOR, Role.VERIFICATION_OFFICER, Role.DOCTOR])
def test_nobody_else_comes_in(proposal: PageProposal, role: Role) -> None:
    client = signed_in(role)
    assert client.get("/admin/proposals/").status_code in (302, 403)
    assert client.post(path(proposal), said(proposal, "approve")).status_code in (302, 403)
    proposal.refresh_from_db()
    assert proposal.status == ProposalStatus.WAITING
