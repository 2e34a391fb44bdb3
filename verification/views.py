"""The queue and the case page in the Wagtail admin; every decision is a POST to one service."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, cast
from uuid import UUID

import django_filters  # type: ignore[import-untyped]
from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timesince import timesince
from django.views import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import IndexView, InspectView

from accounts.models import User
from common import clock, idempotency
from common.errors import Conflict, Forbidden, Invalid
from common.htmx import is_fragment
from verification import policies, selectors, services
from verification.forms import NoteForm, ReasonForm
from verification.models import VerificationCase
from verification.states import REOPENABLE, Status

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def case_url(case: VerificationCase) -> str:
    return reverse("verification:inspect", args=[case.public_id])


def spoken(length: timedelta | None) -> str:
    """A length of time in its largest unit: "3 days"; empty for None."""
    return timesince(EPOCH, EPOCH + length, depth=1) if length is not None else ""


def waited(case: VerificationCase) -> str:
    """How long the case waits, or waited, for its decision; empty for a draft."""
    if case.submitted_at is None:
        return ""
    return spoken((case.decided_at or clock.now()) - case.submitted_at)


class QueueFilterSet(WagtailFilterSet):
    status = django_filters.MultipleChoiceFilter(
        choices=Status.choices, label="Stage", widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = VerificationCase
        fields: ClassVar[list[str]] = ["status"]


class QueueView(IndexView):
    page_title = "Verification"

    def get_base_queryset(self) -> QuerySet[VerificationCase]:
        return selectors.queue()

    def get_inspect_url(self, instance: VerificationCase) -> str:
        return case_url(instance)

    @property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("doctor", label="Doctor", accessor="doctor.name", get_url=case_url),
            Column("gmc_number", label="GMC number", accessor="doctor.gmc_number"),
            StatusTagColumn("stage", accessor="get_status_display", primary=lambda case: case.status == Status.PENDING),
            Column("age", label="Waiting time", accessor=waited, sort_key="submitted_at"),
            Column("decided_by", label="Decided by", accessor=lambda case: case.decided_by or ""),
        ]


class CaseView(InspectView):
    """One case: the doctor's particulars, the decisions that this officer may take, what happened so far."""

    any_permission_required: ClassVar[list[str]] = ["view"]
    template_name = "verification/admin/case.html"
    fragment_name = "verification/admin/_case.html"
    object: VerificationCase

    def get_object(self, queryset: QuerySet[VerificationCase] | None = None) -> VerificationCase:
        return selectors.case_by_id(self.kwargs["pk"])

    def get_page_title(self) -> str:
        return self.object.doctor.name

    def get_page_subtitle(self) -> str:
        return ""

    def get_edit_url(self) -> None:
        return None

    def get_delete_url(self) -> None:
        return None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case = self.object
        return {
            **super().get_context_data(**kwargs),
            "case": case,
            "doctor": case.doctor,
            "timeline": selectors.timeline(case),
            "waited": waited(case),
            "may_decide": policies.may_decide(cast(User, self.request.user), case.doctor),
            "is_own": case.doctor.user_id == self.request.user.pk,
            "can_reopen": case.status in REOPENABLE and not hasattr(case, "next"),
            "note_form": NoteForm(prefix="note"),
            "reason_form": ReasonForm(prefix="reason"),
            "idempotency_key": idempotency.new_key(),
            "done": "",
            "problem": "",
            **kwargs,
        }


class CaseActionView(CaseView):
    """A decision. Its answer is the case page again (the fragment for htmx): decided, or saying why not."""

    http_method_names = ["post"]
    form_class: type[forms.Form] = NoteForm
    form_name = "note"
    done = ""

    def run(self, actor: User, data: dict[str, str]) -> VerificationCase:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST, prefix=self.form_name)
        if not form.is_valid():
            return self.answer(HTTPStatus.UNPROCESSABLE_ENTITY, **{f"{self.form_name}_form": form})
        actor = cast(User, request.user)
        try:
            outcome = idempotency.once(
                user=actor,
                key=request.POST.get("idempotency_key"),
                fingerprint={"path": request.path, **form.cleaned_data},
                run=partial(self.run, actor, form.cleaned_data),
            )
        except (Invalid, Conflict, Forbidden) as error:
            return self.answer(error.status, problem=error.message, **{f"{self.form_name}_form": form})
        return self.finish(outcome.public_id)

    def answer(self, status: int, **context: Any) -> HttpResponse:
        self.object = self.get_object()
        template = self.fragment_name if is_fragment(self.request) else self.template_name
        return render(self.request, template, self.get_context_data(**context), status=status)

    def finish(self, case_id: UUID) -> HttpResponse:
        if is_fragment(self.request) and case_id == self.object.public_id:
            return self.answer(HTTPStatus.OK, done=self.done)
        messages.success(self.request, self.done)
        url = reverse("verification:inspect", args=[case_id])
        if is_fragment(self.request):
            return HttpResponse(headers={"HX-Redirect": url})
        return redirect(url)


class SubmitView(CaseActionView):
    done = "The case is in the queue."

    def run(self, actor: User, data: dict[str, str]) -> VerificationCase:
        return services.case_submit(actor=actor, case_id=self.object.public_id)


class ApproveView(CaseActionView):
    done = "Approved. The doctor's page is public and can be booked."

    def run(self, actor: User, data: dict[str, str]) -> VerificationCase:
        return services.case_approve(actor=actor, case_id=self.object.public_id, note=data["note"])


class RejectView(CaseActionView):
    form_class = ReasonForm
    form_name = "reason"
    done = "Rejected. The doctor is not shown to patients."

    def run(self, actor: User, data: dict[str, str]) -> VerificationCase:
        return services.case_reject(actor=actor, case_id=self.object.public_id, **data)


class SuspendView(CaseActionView):
    form_class = ReasonForm
    form_name = "reason"
    done = "Suspended. The page is down and new bookings are closed."

    def run(self, actor: User, data: dict[str, str]) -> VerificationCase:
        return services.doctor_suspend(actor=actor, doctor_id=self.object.doctor.public_id, **data)


class ReopenView(CaseActionView):
    done = "A new case is in the queue."

    def run(self, actor: User, data: dict[str, str]) -> VerificationCase:
        return services.case_reopen(actor=actor, case_id=self.object.public_id, note=data["note"])


class StartView(View):
    """Starts a case for a doctor; leads to the case that there is where there is one."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, doctor: UUID) -> HttpResponse:
        try:
            case_id = services.case_open(actor=cast(User, request.user), doctor_id=doctor).public_id
        except Conflict as error:
            messages.warning(request, error.message)
            case_id = error.data["case"]
        return redirect("verification:inspect", case_id)


ACTIONS: dict[str, type[CaseActionView]] = {
    "submit": SubmitView,
    "approve": ApproveView,
    "reject": RejectView,
    "suspend": SuspendView,
    "reopen": ReopenView,
}
