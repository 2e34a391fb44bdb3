"""Which pages can be translated: those whose words are the editors'."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from wagtail.admin import messages
from wagtail.contrib.simple_translation.views import SubmitPageTranslationView
from wagtail.models import Page

from doctors.models import DoctorIndexPage, DoctorPage
from home.models import LocationPage, SpecialtyPage

# There is one page of each doctor, specialty and place, and one search.
NOT_TRANSLATED: tuple[type[Page], ...] = (DoctorIndexPage, DoctorPage, SpecialtyPage, LocationPage)
TOLD = "There is one page of each doctor, specialty and clinic: in every language people are led to that one."


class TranslatePageView(SubmitPageTranslationView):
    """As Wagtail's, at its address: it would copy what there may be one of alone, and fail."""

    object: Page

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(self.object, NOT_TRANSLATED):
            return self._refused(request)
        answer: HttpResponseBase = super().get(request, *args, **kwargs)
        return answer

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(self.object, NOT_TRANSLATED):
            return self._refused(request)
        answer: HttpResponseBase = super().post(request, **kwargs)
        return answer

    def get_form(self) -> forms.Form:
        form: forms.Form = super().get_form()
        if self.object.get_descendants().type(NOT_TRANSLATED).exists():
            # A field that is disabled keeps its initial value, whatever is sent.
            form.fields["include_subtree"].disabled = True
            form.fields["include_subtree"].help_text = TOLD
        return form

    def _refused(self, request: HttpRequest) -> HttpResponseBase:
        messages.warning(request, TOLD)
        return redirect("wagtailadmin_pages:edit", self.object.pk)
