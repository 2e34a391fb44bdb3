"""What an officer does to a whole case."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View
from wagtail.admin import messages

from accounts.models import User
from common.errors import Conflict
from verification import policies, services
from verification.forms import NoteForm, ReasonForm
from verification.models import VerificationCase
from verification.states import RegisterResult, Status
from verification.views.case import TOP, CaseActionView


class ClaimView(CaseActionView):
    form_name = "claim"
    answered = TOP
    done = "The case is yours. Nobody else decides it until you give it back."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.case_claim(actor=actor, case_id=self.object.public_id)


class ReleaseView(CaseActionView):
    form_name = "release"
    answered = TOP
    done = "The case is back in the queue for anybody to claim."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.case_release(actor=actor, case_id=self.object.public_id)


class AssignView(CaseActionView):
    form_name = "assign"
    answered = TOP
    done = "The case is your colleague’s now."

    def bound_form(self) -> forms.Form:
        return self.assign_form(self.request.POST)

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.case_assign(actor=actor, case_id=self.object.public_id, assignee_id=UUID(data["assignee"]))


class LookUpView(CaseActionView):
    """Asks the register. The answer is kept as a result with its time; what it says of the person is not."""

    form_name = "look_up"
    answered = "register"
    is_keyed = False

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        check = services.register_look_up(actor=actor, case_id=self.object.public_id)
        self.done = f"Looked up: {RegisterResult(check.result).label.lower()}."
        return self.object


class SubmitView(CaseActionView):
    form_name = "submit"
    done = "The case is in the queue."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.case_submit(actor=actor, case_id=self.object.public_id)


class ApproveView(CaseActionView):
    form_class = NoteForm
    done = "Approved. The doctor’s page is public and can be booked."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.case_approve(actor=actor, case_id=self.object.public_id, note=data["note"])

    def said(self) -> str:
        waits = self.get_object().status == Status.PENDING
        return "Your approval is recorded. A second person decides." if waits else self.done


class RejectView(CaseActionView):
    form_class = ReasonForm
    form_name = "reason"
    done = "Rejected. The doctor is not shown to patients."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.case_reject(actor=actor, case_id=self.object.public_id, **data)


class SuspendView(CaseActionView):
    form_class = ReasonForm
    form_name = "reason"
    done = "Suspended. The page is down and new bookings are closed."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.doctor_suspend(actor=actor, doctor_id=self.object.doctor.public_id, **data)


class ReopenView(CaseActionView):
    form_class = NoteForm
    done = "A new case is in the queue."

    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        return services.case_reopen(actor=actor, case_id=self.object.public_id, note=data["note"])


class StartView(View):
    """Starts a case for a doctor; leads to the case that there is where there is one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, doctor: UUID) -> HttpResponse:
        if not policies.may_view(cast("User", request.user)):
            raise PermissionDenied
        try:
            case_id = services.case_open(actor=cast("User", request.user), doctor_id=doctor).public_id
        except Conflict as error:
            messages.warning(request, error.message)
            case_id = error.data["case"]
        return redirect("verification:inspect", case_id)
