"""Who works at the desk of a place: the small screen beside a location in Wagtail's admin."""

from __future__ import annotations

from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.decorators import method_decorator
from django.views import View

from accounts.models import User
from accounts.policies import recently_authenticated
from accounts.selectors import confirmed_account
from common.errors import DomainError
from common.inputs import uuid_or_none
from doctors import policies, selectors, services
from doctors.models import Location


class JoinForm(forms.Form):
    email = forms.EmailField(label="Email address", help_text="Of the account of somebody who works here.")

    def clean_email(self) -> str:
        """Administrators may know who has an account: they see the list of them."""
        email: str = self.cleaned_data["email"]
        self.account = confirmed_account(email)
        if self.account is None:
            raise forms.ValidationError("There is no account with this confirmed address.")
        return email


class StaffView(View):
    """The list, and the form that adds somebody; another form takes somebody out."""

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        policies.assert_may_keep_staff(cast("User", request.user))
        return cast("HttpResponse", super().dispatch(request, *args, **kwargs))

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return _show(request, get_object_or_404(Location, pk=pk), JoinForm())

    @method_decorator(recently_authenticated)
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        location = get_object_or_404(Location, pk=pk)
        actor = cast("User", request.user)
        if leaver := uuid_or_none(request.POST.get("leave", "")):
            services.staff_leave(actor=actor, location_id=pk, user_id=leaver)
            messages.success(request, f"They no longer see the diary of {location}.")
            return redirect("location:staff", pk)
        form = JoinForm(request.POST)
        if not form.is_valid() or form.account is None:
            return _show(request, location, form, status=422)
        try:
            services.staff_join(actor=actor, location_id=pk, user_id=form.account.public_id)
        except DomainError as error:
            form.add_error("email", error.message)
            return _show(request, location, form, status=error.status)
        messages.success(request, f"{form.account} sees the diary of {location} from now on.")
        return redirect("location:staff", pk)


def _show(request: HttpRequest, location: Location, form: JoinForm, status: int = 200) -> HttpResponse:
    context = {"location": location, "members": selectors.staff_of(location), "form": form}
    return render(request, "doctors/admin/staff.html", context, status=status)
