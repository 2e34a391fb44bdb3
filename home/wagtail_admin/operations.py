"""How the background work stands: a page for administrators, who run the platform. Nothing on it names a person."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views import View

from accounts.models import User
from common import clock
from home import policies
from home.operations import alarms_of, figures_now
from notifications.selectors import messages_failed
from notifications.services import message_lay_aside, message_retry

SHOWN = 50


class OperatorView(View):
    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        policies.assert_may_operate(cast("User", request.user))
        return super().dispatch(request, *args, **kwargs)


class OperationsView(OperatorView):
    def get(self, request: HttpRequest) -> HttpResponse:
        figures = figures_now(clock.now())
        context = {"figures": figures, "alarms": alarms_of(figures), "failed": messages_failed()[:SHOWN]}
        return render(request, "home/admin/operations.html", context)


class RetryView(OperatorView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, message_id: UUID) -> HttpResponse:
        message = message_retry(actor=cast("User", request.user), message_id=message_id)
        messages.success(request, f"“{message.get_kind_display()}” is tried again now.")
        return redirect("operations")


class LayAsideView(OperatorView):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, message_id: UUID) -> HttpResponse:
        message = message_lay_aside(actor=cast("User", request.user), message_id=message_id)
        messages.success(request, f"“{message.get_kind_display()}” is laid aside.")
        return redirect("operations")
