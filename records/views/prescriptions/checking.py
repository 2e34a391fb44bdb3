"""The page on which anybody who holds a prescription asks whether it is valid."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from common.forms import show_refusal
from records import services
from records.errors import CheckRefused
from records.forms.prescriptions import CheckForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Code and date of birth come in the body, and the answer is this page: nothing of either is part of an address."""
    form = CheckForm(request.POST if request.method == "POST" else None)
    checked, status = None, HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    if form.is_valid():
        try:
            checked = services.prescription_check(**form.cleaned_data)
        except CheckRefused as error:
            show_refusal(form, error)
            status = error.status
    context = {"form": form, "checked": checked, "status": checked.status.value if checked else ""}
    return render(request, "records/prescriptions/check.html", context, status=status)
