"""The review queue of emergency access. The reason stands on the page of the one case, never in the list."""

from __future__ import annotations

from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from accounts.models import User
from audit.selectors import told
from common import clock
from common.errors import Conflict, Invalid
from common.forms import show_refusal
from records import policies, selectors, services
from records.forms.emergency import ReviewForm
from records.models import BreakGlass
from records.states import ReviewState

REVIEWED_SHOWN = 50
EVENTS_SHOWN = 100


class ReviewerView(View):
    """For administrators and auditors alone."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        policies.assert_may_review_glass(self.reviewer)
        return super().dispatch(request, *args, **kwargs)

    @property
    def reviewer(self) -> User:
        return cast("User", self.request.user)


class GlassQueueView(ReviewerView):
    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "waiting": selectors.glasses_to_review(),
            "reviewed": selectors.glasses_reviewed(limit=REVIEWED_SHOWN),
            "now": clock.now(),
        }
        return render(request, "records/admin/glass_queue.html", context)


class GlassReviewView(ReviewerView):
    def get(self, request: HttpRequest, glass_id: UUID) -> HttpResponse:
        return self._show(selectors.glass_to_review(glass_id), ReviewForm())

    def post(self, request: HttpRequest, glass_id: UUID) -> HttpResponse:
        glass, form = selectors.glass_to_review(glass_id), ReviewForm(request.POST)
        if not form.is_valid():
            return self._show(glass, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        told_by_form = form.cleaned_data
        try:
            services.glass_review(
                actor=self.reviewer,
                glass_id=glass_id,
                is_justified=told_by_form["finding"] == ReviewState.JUSTIFIED,
                note=told_by_form["note"],
            )
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
            return self._show(selectors.glass_to_review(glass_id), form, error.status)
        messages.success(request, "Reviewed.")
        return redirect("glass_queue")

    def _show(self, glass: BreakGlass, form: ReviewForm, status: int = HTTPStatus.OK) -> HttpResponse:
        is_own = self.reviewer.pk in (glass.user_id, glass.patient.user_id)
        page = Paginator(selectors.events_during(glass), EVENTS_SHOWN).get_page(self.request.GET.get("page"))
        context = {
            "glass": glass,
            "form": form,
            "is_own": is_own,
            "is_open": selectors.glass_is_open(glass),
            "page": page,
            "events": told(page.object_list),
        }
        return render(self.request, "records/admin/glass_review.html", context, status=status)
