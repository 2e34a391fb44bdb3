"""Doctors in the Wagtail admin. Verification is decided in its own queue and only shown here."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.db.models import ProtectedError, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.views import View
from wagtail.admin.ui.tables import Column, StatusTagColumn, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView
from wagtail.admin.widgets.button import HeaderButton

from accounts.models import User
from accounts.policies import proved_recently
from common import clock
from common.errors import Conflict, Forbidden, Invalid
from common.forms import show_refusal
from doctors import policies, services
from doctors.models import Doctor, Location, SearchWord


class DoctorIndex(IndexView):
    page_title = "Doctors"

    def get_base_queryset(self) -> QuerySet[Doctor]:
        return Doctor.objects.select_related("page").prefetch_related("specialties")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("name", label="Doctor", get_url=self.get_doctor_url, sort_key="family_name"),
            Column("gmc_number", label="GMC number"),
            Column("specialties", accessor=lambda doctor: ", ".join(map(str, doctor.specialties.all()))),
            StatusTagColumn(
                "verification", accessor="get_verification_status_display", primary=lambda doctor: doctor.is_listed
            ),
            Column("page", label="Profile page", accessor=page_state),
            TitleColumn("page_action", label="What to do", accessor=page_action, get_url=page_action_url),
        ]

    def get_doctor_url(self, doctor: Doctor) -> str:
        return self.get_edit_url(doctor) or self.get_inspect_url(doctor)


class SavesDoctor:
    """After the form's own saving the service lets page and search follow, in the same transaction."""

    request: HttpRequest
    form: forms.ModelForm

    def save_instance(self) -> Doctor:
        if self.form.instance.pk:
            services.doctor_hold(actor=cast("User", self.request.user), doctor=self.form.instance)
        doctor = cast("Doctor", super().save_instance())  # type: ignore[misc]
        services.doctor_changed(actor=cast("User", self.request.user), doctor_id=doctor.public_id)
        return doctor

    def form_valid(self, form: forms.ModelForm) -> HttpResponse:
        if "account" in form.changed_data and not proved_recently(self.request):
            form.add_error("account", prove_first())
            return self._refused(form)
        try:
            return super().form_valid(form)  # type: ignore[misc]
        except Invalid as refusal:
            show_refusal(form, refusal)
            return self._refused(form)
        except ProtectedError:
            form.add_error(
                None, "A visit type that has appointments cannot be removed. Switch “can be booked” off instead."
            )
            return self._refused(form)

    def _refused(self, form: forms.ModelForm) -> HttpResponse:
        """Wagtail makes its message where the form itself is judged, and fails without one."""
        self.produced_error_message = self.get_error_message()  # type: ignore[attr-defined]
        return self.form_invalid(form)  # type: ignore[attr-defined]


class DoctorCreate(SavesDoctor, CreateView):
    pass


class DoctorEdit(SavesDoctor, EditView):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        return [HeaderButton(page_action(self.object), url=page_action_url(self.object), icon_name="doc-full")]


class SearchWordIndex(IndexView):
    def get_base_queryset(self) -> QuerySet[SearchWord]:
        return SearchWord.objects.prefetch_related("specialties")

    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("word", label="Word or words", get_url=self.get_edit_url, sort_key="word"),
            Column("specialties", accessor=lambda word: ", ".join(map(str, word.specialties.all()))),
        ]


class LocationEdit(EditView):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        pk = self.object.pk
        return [
            HeaderButton("Staff", url=reverse("location:staff", args=[pk]), icon_name="group"),
            HeaderButton("Closed days", url=reverse("clinic_closures", args=[pk]), icon_name="calendar"),
        ]

    def save_instance(self) -> Location:
        location = cast("Location", super().save_instance())
        changed = {"zone", "bank_holidays"} & set(self.form.changed_data)
        if changed:
            services.listings_follow_place(location_id=location.pk, now=clock.now())
        return location

    def get_success_url(self) -> str:
        """What is booked on a bank holiday stays booked: whoever shuts the place then is led to how much that is."""
        if "bank_holidays" in self.form.changed_data and self.object.bank_holidays:
            return reverse("clinic_closures", args=[self.object.pk])
        return str(super().get_success_url())


class ProfilePageView(PermissionRequiredMixin, View):
    """From a doctor to their page in the editor; without one it asks whether to make it, and POST makes it."""

    permission_required = ("wagtailadmin.access_admin", "doctors.view_doctor")

    def get(self, request: HttpRequest, doctor_id: UUID) -> HttpResponse:
        doctor = get_object_or_404(Doctor.objects.select_related("page"), public_id=doctor_id)
        page = getattr(doctor, "page", None)
        if page is not None:
            return redirect("wagtailadmin_pages:edit", page.pk)
        context = {"doctor": doctor, "may_create": policies.may_create_page(cast("User", request.user))}
        return render(request, "doctors/admin/page_create.html", context)

    def post(self, request: HttpRequest, doctor_id: UUID) -> HttpResponse:
        try:
            page = services.doctor_profile_page_create(actor=cast("User", request.user), doctor_id=doctor_id)
        except (Conflict, Forbidden) as error:
            messages.error(request, error.message)
            return redirect("doctors:index")
        messages.success(request, f"The page of {page.doctor.name} is a draft. Add what patients should know.")
        return redirect("wagtailadmin_pages:edit", page.pk)


def prove_first() -> str:
    """What is typed stays here meanwhile, so the question is asked in a tab of its own."""
    return format_html(
        "This opens a doctor’s appointments, so "
        '<a href="{}" target="_blank" rel="noopener">say once more who you are (opens in a new tab)</a>, '
        "then save again.",
        reverse("account_reauthenticate"),
    )


def page_action(doctor: Doctor) -> str:
    return "Edit profile page" if hasattr(doctor, "page") else "Create profile page"


def page_action_url(doctor: Doctor) -> str:
    return reverse("doctors:profile_page", args=[doctor.public_id])


def page_state(doctor: Doctor) -> str:
    if not hasattr(doctor, "page"):
        return "None yet"
    return "Public" if doctor.page.live and doctor.is_listed else "Draft"
