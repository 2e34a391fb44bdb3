"""What officers and administrators do first. Their queues and numbers are panels of the apps that keep them."""

from __future__ import annotations

from functools import partial

from django.urls import reverse
from wagtail.models import PageLogEntry

from accounts.models import ConsentQuestion, User
from accounts.policies import has_role
from accounts.roles import Role
from audit.selectors import has_done
from billing.models import Reconciliation
from doctors.models import Doctor, Location, LocationMembership
from home.homes.guides import Guide, Kind, Step, guide_of, two_step

_DECISIONS = (
    "doctor_page.proposal_approved",
    "doctor_page.proposal_asked",
    "doctor_page.proposal_rejected",
)
_WHY_TWO_STEPS = "You decide about other people here, so a password alone does not let you in."


def officer_guides(user: User) -> list[Guide]:
    """The guides of the offices that the person holds, without those that are done. Put away ones have no steps.

    A fixed number of statements for an office: at most five for an administrator, three for the others.
    """
    offices = (
        (Role.ADMINISTRATOR, Kind.ADMINISTRATOR, _of_administrator),
        (Role.VERIFICATION_OFFICER, Kind.VERIFICATION, _of_verification),
        (Role.BILLING_OFFICER, Kind.BILLING, _of_billing),
        (Role.CONTENT_EDITOR, Kind.EDITOR, _of_editor),
        (Role.CONTENT_MODERATOR, Kind.MODERATOR, _of_moderator),
    )
    guides = (guide_of(user, kind, partial(steps, user)) for role, kind, steps in offices if has_role(user, role))
    return [guide for guide in guides if guide is not None]


def _of_administrator(user: User) -> list[Step]:
    return [
        two_step(user, _WHY_TWO_STEPS),
        Step(
            title="Add the places where you see patients",
            hint="Address, way there, time zone and bank holidays. Every time is shown by its place’s clock.",
            path=reverse("location:index"),
            is_done=Location.objects.exists(),
        ),
        Step(
            title="Say who works at the desk of a place",
            hint="They see its diary and take payments there, and nobody’s record.",
            path=reverse("location:index"),
            is_done=LocationMembership.objects.exists(),
        ),
        Step(
            title="Have a doctor verified and listed",
            hint="Doctors join by themselves; a verification officer checks them, and patients find them.",
            path=reverse("verification:index"),
            is_done=Doctor.objects.listed().exists(),
        ),
        Step(
            title="Write what patients agree to when they book",
            hint="Each wording is kept, with who agreed to it and when.",
            path=reverse("consentquestion:index"),
            is_done=ConsentQuestion.objects.filter(is_active=True).exists(),
        ),
    ]


def _of_verification(user: User) -> list[Step]:
    return [
        two_step(user, _WHY_TWO_STEPS),
        Step(
            title="Claim your first case",
            hint="The longest waiting stands at the top. What you claim, no colleague decides meanwhile.",
            path=f"{reverse('verification:index')}?view=waiting",
            is_done=has_done(user, "verification.claimed"),
        ),
        Step(
            title="Decide your first case",
            hint="Check each item with its source and date, then approve, reject with a reason, or ask for one item.",
            path=f"{reverse('verification:index')}?view=mine",
            is_done=has_done(user, "verification.approved", "verification.rejected"),
        ),
    ]


def _of_billing(user: User) -> list[Step]:
    return [
        two_step(user, _WHY_TWO_STEPS),
        Step(
            title="Look at what waits on the desk",
            hint="Payments that do not add up, refunds for a second officer, disputes and complaints.",
            path=reverse("billing_desk"),
            is_done=has_done(user, "payment.viewed", "payment.decided"),
        ),
        Step(
            title="Compare with Stripe once",
            hint="It finds what one side has and the other has not, and mends it.",
            path=f"{reverse('billing_desk')}#reconciliation",
            is_done=Reconciliation.objects.filter(run_by=user).exists(),
        ),
    ]


def _of_editor(user: User) -> list[Step]:
    return [
        two_step(user, "What you write stands under the clinic’s name, so a password alone does not let you in."),
        Step(
            title="Change a page, or write one",
            hint="Choose blocks, fill them in and look at the preview beside them. Nothing is public until you say so.",
            path=reverse("wagtailadmin_explore_root"),
            is_done=_has_logged(user, "wagtail.create", "wagtail.edit"),
        ),
        Step(
            title="Publish it, at once or at a time, or send it to a moderator",
            hint="The menu below the page offers what you may do. Each version is kept, and old addresses lead on.",
            path=reverse("wagtailadmin_explore_root"),
            is_done=_has_logged(user, "wagtail.publish", "wagtail.publish.schedule", "wagtail.workflow.start"),
        ),
    ]


def _of_moderator(user: User) -> list[Step]:
    return [
        two_step(user, "You decide what the clinic says in public, so a password alone does not let you in."),
        Step(
            title="Decide on a page that was sent for approval",
            hint="Approve it, and it is public at once; or ask for changes and say which.",
            path=reverse("wagtailadmin_reports:workflow_tasks"),
            is_done=_has_logged(user, "wagtail.workflow.approve", "wagtail.workflow.reject"),
        ),
        Step(
            title="Decide on what a doctor proposes for their page",
            hint="You see the difference and what was verified. Approve it, ask for changes, or say why not.",
            path=reverse("home_proposals"),
            is_done=has_done(user, *_DECISIONS),
        ),
    ]


def _has_logged(user: User, *actions: str) -> bool:
    """Whether Wagtail has written down that the person did one of these to a page."""
    return PageLogEntry.objects.filter(user=user, action__in=actions).exists()
