from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminModelForm

from accounts.models import User
from accounts.selectors import confirmed_account
from doctors import policies
from doctors.languages import LANGUAGES
from doctors.models import Doctor, Specialty

_BY_NAME = sorted(LANGUAGES.items(), key=lambda item: item[1])


class DoctorForm(WagtailAdminModelForm):
    """A doctor's particulars. The account is named by its address: a list of all accounts would show patients."""

    languages = forms.MultipleChoiceField(choices=_BY_NAME, widget=forms.CheckboxSelectMultiple)
    account = forms.EmailField(
        label="Account",
        required=False,
        help_text="The email address with which the doctor signs in. Leave empty until they have signed up.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.user_id:
            self.initial["account"] = self.instance.user.email

    def clean_account(self) -> User | None:
        address = self.cleaned_data["account"].lower()
        if not address:
            return None
        if self.instance.user_id and address == self.instance.user.email:
            return self.instance.user
        user = confirmed_account(address)
        if user is None:
            raise ValidationError("Nobody has signed up with this address and confirmed it.")
        if Doctor.objects.filter(user=user).exclude(pk=self.instance.pk).exists():
            raise ValidationError("This account belongs to another doctor.")
        return user

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        edited = Doctor(pk=self.instance.pk, user=data.get("account"))
        for name in ("given_name", "family_name", "gmc_number"):
            setattr(edited, name, data.get(name, getattr(self.instance, name)))
        if "account" in data:
            for name, message in policies.refused_changes(edited, actor=self.for_user).items():
                self.add_error(name, message)
        return data

    def save(self, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - Django's own signature
        self.instance.user = self.cleaned_data["account"]
        return super().save(commit=commit)


class SearchWordForm(WagtailAdminModelForm):
    specialties = forms.ModelMultipleChoiceField(
        Specialty.objects.all(),
        label="Specialties that look after it",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one specialty."},
    )
