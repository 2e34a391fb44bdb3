from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from allauth.account.utils import get_next_redirect_url
from allauth.core import context
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts import services
from accounts.asking import AccessNeedsFields
from accounts.models import Gender, User
from accounts.policies import SIGN_UP_LEADS_TO, path_needs_patient
from accounts.security.devices import device_of
from accounts.validators import normalise_nhs_number, validate_birth_date, validate_nhs_number, validate_phone
from common.forms import BirthDateField

NEW_PASSWORD_HELP = "At least 12 characters. Three words that have nothing to do with each other are easy to remember."  # noqa: S105


def ask_for(field: forms.Field) -> None:
    """Say what to do about an empty field or a long answer, in words that stand alone above the form."""
    field.error_messages["required"] = f"Enter your {str(field.label).lower()}."
    field.error_messages["max_length"] = f"Your {str(field.label).lower()} can have at most %(limit_value)d characters."


class OurWords(forms.Form):
    """allauth's fields with labels of ours and without the placeholders that repeat them."""

    labels: ClassVar[dict[str, str]] = {
        "login": "Email address",
        "email": "Email address",
        "oldpassword": "Present password",
        "password": "Password",
        "password1": "New password",
        "password2": "New password, once more",
        "code": "Code",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            ask_for(field)
        for name in {"password", "oldpassword"} & self.fields.keys():
            # The way out for whoever has forgotten it stands behind the fields (account/partials/forgotten.html).
            self.fields[name].help_text = ""
        if "password1" in self.fields:
            self.fields["password1"].help_text = NEW_PASSWORD_HELP
        if "code" in self.fields:
            self.fields["code"].widget.attrs.update(
                autocomplete="one-time-code", autocapitalize="characters", spellcheck="false"
            )


class ProfileForm(forms.Form):
    """Who a patient is: the step "complete your profile", its later changes, and a part of sign-up."""

    given_name = forms.CharField(
        max_length=80, label="First name", widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    family_name = forms.CharField(
        max_length=80, label="Last name", widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )
    birth_date = BirthDateField(validators=[validate_birth_date])
    phone = forms.CharField(
        label="Phone number",
        max_length=30,
        help_text="The clinic calls this number if something changes.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        validators=[validate_phone],
    )
    gender = forms.ChoiceField(label="Gender", choices=[("", "Choose if you wish"), *Gender.choices], required=False)
    nhs_number = forms.CharField(
        label="NHS number",
        max_length=20,
        required=False,
        help_text="Ten digits, such as 943 476 5919, on any letter from the NHS. It helps to find the right record.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ProfileForm.base_fields:
            ask_for(self.fields[name])

    def clean_nhs_number(self) -> str:
        number = normalise_nhs_number(self.cleaned_data["nhs_number"])
        if number:
            validate_nhs_number(number)
        return number


class OwnProfileForm(AccessNeedsFields, ProfileForm):
    """The profile with what a booking and a prescription ask besides, for whoever has booked or looks after it here."""

    address = forms.CharField(
        label="Address",
        max_length=300,
        required=False,
        help_text="Where you live, with the postcode. The law asks for it on every prescription.",
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "street-address"}),
    )
    field_order = tuple(ProfileForm.base_fields)


# What a booking can do without is not asked on the way to one.
NOT_AT_SIGN_UP = "nhs_number"


def profile_of(form: forms.Form) -> dict[str, Any]:
    """What `profile_complete` takes, from a valid form that has the fields of `ProfileForm`."""
    names = ("given_name", "family_name", "birth_date", "phone")
    given = {name: form.cleaned_data[name] for name in names}
    return given | {
        "gender": form.cleaned_data["gender"] or Gender.UNKNOWN,
        "nhs_number": form.cleaned_data.get("nhs_number"),
        "address": form.cleaned_data.get("address"),
        "access_needs": form.needs if isinstance(form, AccessNeedsFields) else None,
    }


class LoginForm(OurWords, allauth_forms.LoginForm):
    pass


class SignupForm(OurWords, allauth_forms.SignupForm):
    """Email and password; and who the person is, where the page that they are on the way to needs to know.

    So nobody on the way to a booking meets a second form behind this one.
    """

    labels: ClassVar[dict[str, str]] = {**OurWords.labels, "password1": "Password"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.with_profile = path_needs_patient(get_next_redirect_url(context.request) or "")
        if self.with_profile:
            asked = ProfileForm().fields
            del asked[NOT_AT_SIGN_UP]
            self.fields.update(asked)

    def try_save(self, request: HttpRequest) -> Any:
        """As allauth's, taking as long for an address that has an account as for a new one."""
        request.session[SIGN_UP_LEADS_TO] = get_next_redirect_url(request) or ""
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        super().custom_signup(request, user)
        if self.with_profile:
            services.profile_complete(actor=user, **profile_of(self))


class ResetPasswordForm(OurWords, allauth_forms.ResetPasswordForm):
    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """As allauth's, which writes to the address whether it has an account or not; so do we into the log."""
        services.password_reset_ask(user=self.users[0] if self.users else None, device=device_of(request))
        return super().save(request, **kwargs)


class ResetPasswordKeyForm(OurWords, allauth_forms.ResetPasswordKeyForm):
    pass


class ChangePasswordForm(OurWords, allauth_forms.ChangePasswordForm):
    pass


class SetPasswordForm(OurWords, allauth_forms.SetPasswordForm):
    pass


class AddEmailForm(OurWords, allauth_forms.AddEmailForm):
    labels: ClassVar[dict[str, str]] = {"email": "New email address"}


class ReauthenticateForm(OurWords, allauth_forms.ReauthenticateForm):
    pass


class ConfirmEmailForm(OurWords, allauth_forms.ConfirmEmailVerificationCodeForm):
    pass


class ConfirmResetForm(OurWords, allauth_forms.ConfirmPasswordResetCodeForm):
    pass
