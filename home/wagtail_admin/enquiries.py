"""What came by the contact pages: a list, and a page for each. For administrators alone."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from accounts.models import User
from home import policies, selectors, services

A_PAGE = 50


class ReaderView(View):
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        policies.assert_may_read_enquiries(cast("User", request.user))
        return super().dispatch(request, *args, **kwargs)


class EnquiriesView(ReaderView):
    """Those that wait first, the oldest on top, then what was answered; what they say is read on their own pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        user = cast("User", request.user)
        rows = Paginator(selectors.answered_enquiries(user), A_PAGE).get_page(request.GET.get("page"))
        waiting = selectors.waiting_enquiries(user)[:A_PAGE]
        return render(request, "home/admin/enquiries.html", {"waiting": waiting, "rows": rows})


class EnquiryView(ReaderView):
    def get(self, request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
        user = cast("User", request.user)
        answers = services.enquiry_read(actor=user, enquiry_id=enquiry_id)
        enquiry = selectors.enquiry_for(user, enquiry_id)
        return render(request, "home/admin/enquiry.html", {"enquiry": enquiry, "answers": answers})

    def post(self, request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
        enquiry = services.enquiry_answer(actor=cast("User", request.user), enquiry_id=enquiry_id)
        messages.success(request, f"{enquiry.reference} is noted as answered.")
        return redirect("enquiries")
