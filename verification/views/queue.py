"""The queue: what waits, what is mine, what is late; cases are claimed and given back from their row."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, cast
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from wagtail.admin import messages
from wagtail.admin.views.generic import IndexView

from accounts.models import User
from common import clock, idempotency
from common.errors import Conflict, Forbidden, Invalid
from common.htmx import is_fragment
from verification import policies, selectors, services
from verification.forms import NOBODY, QueueForm
from verification.models import VerificationCase
from verification.presentation import queue_row
from verification.selectors.worklist import QUEUE_VIEWS, found_by, worklist, worklist_counts

# What a column's link sorts by; the queue's own order stands without one.
SORTED_BY = {
    "doctor": "doctor__family_name",
    "number": "doctor__gmc_number",
    "stage": "status",
    "age": "submitted_at",
    "target": "due_at",
    "assignee": "assignee__first_name",
}


class QueueView(IndexView):
    page_title = "Verification"
    template_name = "verification/admin/queue.html"
    results_template_name = "verification/admin/_queue.html"
    any_permission_required: ClassVar[list[str]] = ["view"]
    paginate_by = 25
    is_searchable = False
    columns: ClassVar[list[Any]] = []

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.results_only = is_fragment(request)

    @property
    def actor(self) -> User:
        return cast("User", self.request.user)

    @cached_property
    def form(self) -> QueueForm:
        return QueueForm(self.request.GET, officers=selectors.officers())

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """What of the address the form understands."""
        self.form.is_valid()
        return self.form.cleaned_data

    def get_valid_orderings(self) -> list[str]:
        return [sign + name for name in SORTED_BY for sign in ("", "-")]

    def get_queryset(self) -> QuerySet[VerificationCase]:
        wanted = self.wanted
        cases = worklist(self.actor, wanted.get("view", "")).filter(found_by(wanted.get("q", "")), self._assigned())
        if wanted.get("status"):
            cases = cases.filter(status=wanted["status"])
        return self.order_queryset(cases)

    def _assigned(self) -> Q:
        assignee = self.wanted.get("assignee")
        if assignee == NOBODY:
            return Q(assignee=None)
        return Q(assignee__public_id=assignee) if assignee else Q()

    def order_queryset(self, queryset: QuerySet[VerificationCase]) -> QuerySet[VerificationCase]:
        if not self.ordering:
            return queryset
        by = F(SORTED_BY[self.ordering.removeprefix("-")])
        down = self.ordering.startswith("-")
        return queryset.order_by(by.desc(nulls_last=True) if down else by.asc(nulls_last=True), "id")

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(*args, **kwargs)
        now, view = clock.now(), self.wanted.get("view", "")
        counts = worklist_counts(self.actor, now=now)
        rows = [queue_row(case, self.actor, now) for case in context["object_list"]]
        answered = kwargs.get("answered")
        return {
            **context,
            "rows": rows,
            # A row that has left the list with what was done to it is answered above the list.
            "answered_above": answered not in {row.case.public_id for row in rows},
            "view": view,
            "list_query": f"?list={view}" if view else "",
            "tabs": [("", "Everything", None), *((name, label, counts[name]) for name, label in QUEUE_VIEWS.items())],
            "form": self.form,
            "has_filters": any(self.wanted.get(name) for name in ("q", "status", "assignee")),
            "may_decide": self.actor.has_perm(policies.DECIDE),
            "new_key": idempotency.new_key,
            "here": self.request.GET.urlencode(),
            "sort_links": self._sort_links(),
            "done": "",
            "problem": "",
            "answered": "",
            **kwargs,
        }

    def _sort_links(self) -> dict[str, dict[str, str]]:
        """For each column: the address that sorts by it (the other way round where it does), and how it is sorted."""
        query = self.request.GET.copy()
        query.pop(self.page_kwarg, None)
        links = {}
        for name in SORTED_BY:
            is_up, is_down = self.ordering == name, self.ordering == f"-{name}"
            query["ordering"] = f"-{name}" if is_up else name
            direction = "ascending" if is_up else "descending" if is_down else "none"
            links[name] = {"url": f"{self.index_url}?{query.urlencode()}", "direction": direction}
        return links


class RowActionView(QueueView, ABC):
    """Claim or give back from the queue; the answer is the queue as it was filtered, with what was said."""

    http_method_names = ["post"]

    @abstractmethod
    def run(self, actor: User, case_id: UUID) -> VerificationCase:
        """Call the one service; the case as it stands then."""

    @abstractmethod
    def said(self, case: VerificationCase) -> str:
        """What the officer reads when it is done."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponseBase:
        case = selectors.case_by_id(pk)
        try:
            idempotency.once(
                user=self.actor,
                key=request.POST.get("idempotency_key"),
                fingerprint={"path": request.path},
                run=partial(self.run, self.actor, pk),
            )
        except (Invalid, Conflict, Forbidden) as error:
            return self.answer(case, error.status, problem=error.message)
        return self.answer(case, HTTPStatus.OK, done=self.said(case))

    def answer(self, case: VerificationCase, status: int, *, done: str = "", problem: str = "") -> HttpResponseBase:
        if not self.results_only and done:
            messages.success(self.request, done)
            query = self.request.GET.urlencode()
            return redirect(f"{reverse('verification:index')}?{query}" if query else reverse("verification:index"))
        self.object_list = self.get_queryset()
        context = self.get_context_data(done=done, problem=problem, answered=case.public_id)
        return render(self.request, self.get_template_names()[0], context, status=status)


class RowClaimView(RowActionView):
    def run(self, actor: User, case_id: UUID) -> VerificationCase:
        return services.case_claim(actor=actor, case_id=case_id)

    def said(self, case: VerificationCase) -> str:
        return f"{case.doctor.name}: the case is yours."


class RowReleaseView(RowActionView):
    def run(self, actor: User, case_id: UUID) -> VerificationCase:
        return services.case_release(actor=actor, case_id=case_id)

    def said(self, case: VerificationCase) -> str:
        return f"{case.doctor.name}: the case is back in the queue."
