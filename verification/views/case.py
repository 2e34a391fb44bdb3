"""One case, and the pattern of everything that an officer does to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import partial
from http import HTTPStatus
from typing import Any, ClassVar, cast
from uuid import UUID

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from wagtail.admin import messages
from wagtail.admin.views.generic import InspectView

from accounts.models import User
from booking.selectors import appointments_ahead
from common import clock, idempotency
from common.errors import Conflict, DomainError, Forbidden, Invalid
from common.forms import show_refusal
from common.htmx import is_fragment
from integrations.registers.manual import SEARCH_PAGE
from notifications.selectors import messages_about
from verification import policies, selectors
from verification.forms import AssignForm, NoteForm, ReasonForm
from verification.models import VerificationCase
from verification.presentation import age_of, item_cards, missing_of, stage_of
from verification.selectors.files import files_by_kind, other_cases_of
from verification.selectors.worklist import QUEUE_VIEWS, neighbours_of
from verification.views.offers import offers_for

# Where on the page an answer is said, and takes the focus.
TOP, DECISION = "top", "decision"


def case_url(case_id: UUID, list_query: str = "") -> str:
    return reverse("verification:inspect", args=[case_id]) + list_query


class CaseView(InspectView):
    """One case: what the doctor says, the evidence, what this officer may do, what happened so far."""

    any_permission_required: ClassVar[list[str]] = ["view"]
    template_name = "verification/admin/case.html"
    fragment_name = "verification/admin/_case.html"
    object: VerificationCase

    def get_object(self, queryset: QuerySet[VerificationCase] | None = None) -> VerificationCase:
        # Before it is looked for: the answer would tell which there are.
        if not policies.may_view(self.actor):
            raise PermissionDenied
        return self.fetch(self.kwargs["pk"])

    def fetch(self, case_id: UUID) -> VerificationCase:
        return selectors.case_by_id(case_id)

    def get_page_title(self) -> str:
        return self.object.doctor.name

    def get_page_subtitle(self) -> str:
        return ""

    def get_edit_url(self) -> None:
        return None

    def get_delete_url(self) -> None:
        return None

    @property
    def actor(self) -> User:
        return cast("User", self.request.user)

    @property
    def list_name(self) -> str:
        """The saved filter along which the officer goes from case to case."""
        name = self.request.GET.get("list", "")
        return name if name in QUEUE_VIEWS else ""

    @property
    def list_query(self) -> str:
        return f"?list={self.list_name}" if self.list_name else ""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        case, now = self.object, clock.now()
        bound: dict[str, forms.Form] = kwargs.pop("bound", {})
        offers = offers_for(case, self.actor, now)
        return {
            **super().get_context_data(**kwargs),
            "case": case,
            "doctor": case.doctor,
            "stage": stage_of(case),
            "age": age_of(case, now),
            "missing": missing_of(case),
            "cards": item_cards(case, files_by_kind(case), bound),
            "register_check": next(iter(case.register_checks.all()), None),
            "duplicates": selectors.duplicates_of(case),
            "timeline": selectors.timeline(case, with_details=not offers.is_own),
            "told": messages_about(selectors.about_case(case)),
            "other_cases": other_cases_of(case),
            "appointments": appointments_ahead(case.doctor.public_id, now=now) if offers.cancel else [],
            "neighbours": neighbours_of(case, self.actor, self.list_name),
            "list_query": self.list_query,
            "list_label": QUEUE_VIEWS.get(self.list_name, ""),
            "offers": offers,
            "approve_help": self._approve_help(),
            "keys_are_on": self._keys_are_on(),
            "assign_form": bound.get("assign") or self.assign_form(),
            "note_form": bound.get("note") or NoteForm(prefix="note"),
            "reason_form": bound.get("reason") or ReasonForm(prefix="reason"),
            "register_page": SEARCH_PAGE,
            # Called anew by each form, so that one form's key is never another's.
            "new_key": idempotency.new_key,
            "answered": TOP,
            "done": "",
            "problem": "",
            "confirming": [],
            **kwargs,
        }

    def _approve_help(self) -> str:
        is_first = selectors.verification_settings().second_person and self.object.first_approved_by_id is None
        if is_first:
            return "Records your approval. The page goes public when a second person has approved too."
        return "Makes the page public and opens booking at once."

    def _keys_are_on(self) -> bool:
        """Wagtail's own preference, which its script obeys too; on for whoever has never set it."""
        profile = getattr(self.actor, "wagtail_userprofile", None)
        return profile is None or profile.keyboard_shortcuts

    def assign_form(self, data: Any = None) -> AssignForm:
        colleagues = selectors.officers_for(self.object)
        if self.object.assignee_id is not None:
            colleagues = colleagues.exclude(pk=self.object.assignee_id)
        return AssignForm(data, prefix="assign", officers=colleagues)


class CaseActionView(CaseView, ABC):
    """Something done to a case by one service. Its answer is the case page again (the fragment for htmx): done, or
    saying why not, with what was typed still in its form."""

    http_method_names = ["post"]
    form_class: type[forms.Form] | None = None
    form_name = "note"
    answered = DECISION
    done = ""
    # False where a service has transactions of its own and may be repeated: the key's would go around them.
    is_keyed = True

    def fetch(self, case_id: UUID) -> VerificationCase:
        # Most answers are a redirect: what the page shows is fetched by `answer`, as it stands after the action.
        return selectors.case_itself(case_id)

    @abstractmethod
    def run(self, actor: User, data: dict[str, Any]) -> VerificationCase:
        """Call the one service; the case as it stands then."""

    def bound_form(self) -> forms.Form:
        return (self.form_class or forms.Form)(self.request.POST, prefix=self.form_name)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.bound_form()
        if not form.is_valid():
            return self.refuse(form, HTTPStatus.UNPROCESSABLE_ENTITY, "Nothing was changed yet: see below.")
        return self.carry_out(form)

    def carry_out(self, form: forms.Form) -> HttpResponse:
        try:
            outcome = idempotency.once(
                user=self.actor,
                key=self.request.POST.get("idempotency_key") if self.is_keyed else None,
                fingerprint={"path": self.request.path, **form.cleaned_data},
                run=partial(self.run, self.actor, form.cleaned_data),
            )
        except (Invalid, Conflict, Forbidden) as error:
            return self.refuse(form, error.status, self.words_for(form, error))
        return self.finish(outcome.public_id)

    def words_for(self, form: forms.Form, error: DomainError) -> str:
        show_refusal(form, error)
        return error.message

    def refuse(self, form: forms.Form, status: int, problem: str) -> HttpResponse:
        name = form.prefix or self.form_name
        return self.answer(status, problem=problem, answered=self.answered, bound={name: form})

    def answer(self, status: int, **context: Any) -> HttpResponse:
        self.object = super().fetch(self.object.public_id)
        template = self.fragment_name if is_fragment(self.request) else self.template_name
        return render(self.request, template, self.get_context_data(**context), status=status)

    def said(self) -> str:
        """What was done, in words."""
        return self.done

    def finish(self, case_id: UUID) -> HttpResponse:
        if is_fragment(self.request) and case_id == self.object.public_id:
            return self.answer(HTTPStatus.OK, done=self.said(), answered=self.answered)
        messages.success(self.request, self.said())
        url = case_url(case_id, self.list_query)
        if is_fragment(self.request):
            return HttpResponse(headers={"HX-Redirect": url})
        return redirect(url if self.answered == TOP else f"{url}#{self.answered}")
