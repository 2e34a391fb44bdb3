"""What came by the contact pages: a list, and a page for each. For administrators alone."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from accounts.models import User
from home import policies, services
from home.models import Enquiry

A_PAGE = 50


class ReaderView(View):
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        policies.assert_may_read_enquiries(cast("User", request.user))
        return super().dispatch(request, *args, **kwargs)


class EnquiriesView(ReaderView):
    """Those that wait first, the oldest on top, then what was answered; what they say is read on their own pages."""

    def get(self, request: HttpRequest) -> HttpResponse:
        waiting = Enquiry.objects.filter(answered_at=None).order_by("received_at", "pk").defer("answers")
        answered = Enquiry.objects.exclude(answered_at=None).select_related("answered_by").defer("answers")
        rows = Paginator(answered, A_PAGE).get_page(request.GET.get("page"))
        return render(request, "home/admin/enquiries.html", {"waiting": waiting[:A_PAGE], "rows": rows})


class EnquiryView(ReaderView):
    def get(self, request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
        enquiry = get_object_or_404(Enquiry.objects.select_related("page", "answered_by"), public_id=enquiry_id)
        answers = services.enquiry_read(actor=cast("User", request.user), enquiry_id=enquiry_id)
        return render(request, "home/admin/enquiry.html", {"enquiry": enquiry, "answers": answers})

    def post(self, request: HttpRequest, enquiry_id: UUID) -> HttpResponse:
        enquiry = services.enquiry_answer(actor=cast("User", request.user), enquiry_id=enquiry_id)
        messages.success(request, f"{enquiry.reference} is noted as answered.")
        return redirect("enquiries")
