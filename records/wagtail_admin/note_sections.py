"""Which sections the notes of each specialty have: a list of the specialties, and a page for each."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from accounts.models import User
from common.errors import Conflict, Invalid
from doctors.models import Specialty
from records import policies, selectors, services
from records.forms.note_sections import SectionFormSet, StampForm
from records.selectors import SectionSet


class KeeperView(View):
    """For administrators alone."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        policies.assert_may_keep_note_sections(cast("User", request.user))
        return super().dispatch(request, *args, **kwargs)


class NoteSectionsView(KeeperView):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [
            (specialty, [one for one in selectors.sections_of(specialty) if one.is_on])
            for specialty in selectors.specialties_with_sections()
        ]
        return render(request, "records/admin/note_sections.html", {"rows": rows})


class NoteSectionsEditView(KeeperView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        specialty = get_object_or_404(Specialty, pk=pk)
        stored = selectors.sections_of(specialty)
        initial: list[dict[str, Any]] = [vars(one) for one in stored]
        forms = SectionFormSet(initial=initial)
        for number, form in enumerate(forms.extra_forms, start=len(stored) + 1):
            form.initial = {"position": number, "is_on": True}
        return _show(request, specialty, forms, StampForm(initial={"seen": selectors.sections_stamp(stored)}))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        specialty = get_object_or_404(Specialty, pk=pk)
        forms, stamp = SectionFormSet(request.POST), StampForm(request.POST)
        if not stamp.is_valid():
            return redirect("note_sections_edit", pk)
        if "usual" in request.POST:
            said = selectors.usual_sections()
        elif forms.is_valid():
            said = [form.said for form in forms if form.is_section]
        else:
            return _show(request, specialty, forms, stamp, status=422)
        return _set(request, specialty, forms, stamp, said)


def _set(
    request: HttpRequest, specialty: Specialty, forms: Any, stamp: StampForm, said: list[SectionSet]
) -> HttpResponse:
    actor = cast("User", request.user)
    try:
        services.note_sections_set(
            actor=actor, specialty_id=specialty.pk, seen=stamp.cleaned_data["seen"], sections=said
        )
    except Invalid as error:
        shown = [form for form in forms if form.is_bound and form.is_valid() and form.is_section]
        for field, problems in error.fields.items():
            number, _, name = field.partition("-")
            shown[int(number)].add_error(name, problems)
        return _show(request, specialty, forms, stamp, status=error.status, refused=error.message)
    except Conflict as error:
        return _show(request, specialty, forms, stamp, status=error.status, refused=error.message)
    messages.success(request, f"New notes in {specialty} have these sections. What is signed stays as it is.")
    return redirect("note_sections_edit", specialty.pk)


def _show(
    request: HttpRequest, specialty: Specialty, forms: Any, stamp: StampForm, *, status: int = 200, refused: str = ""
) -> HttpResponse:
    context = {"specialty": specialty, "forms": forms, "stamp": stamp, "refused": refused}
    return render(request, "records/admin/note_sections_edit.html", context, status=status)
