"""Accounts in Wagtail's admin: names and whether they may sign in. Roles change through services alone.

Passwords are set by their owners alone (WAGTAILUSERS_PASSWORD_ENABLED): a new account's by "Forgotten password".
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet


class ReadOnlyFields(forms.ModelForm):
    """Django answers a disabled field from the object itself, whatever is posted."""

    read_only: ClassVar[tuple[str, ...]] = ("groups", "is_superuser")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.read_only:
            if name in self.fields:
                self.fields[name].disabled = True


class CreationForm(ReadOnlyFields, UserCreationForm):
    pass


class EditForm(ReadOnlyFields, UserEditForm):
    """Whoever could change an address could have a new password sent to it, and be that doctor or patient."""

    read_only: ClassVar[tuple[str, ...]] = (*ReadOnlyFields.read_only, "email")


class UserViewSet(WagtailUserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:  # noqa: FBT001, FBT002
        return EditForm if for_update else CreationForm
