"""Accounts in Wagtail's admin: names, addresses and whether they may sign in. Roles change through services alone."""

from __future__ import annotations

from typing import Any

from django import forms
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet


class RolesReadOnly(forms.ModelForm):
    """Django answers a disabled field from the object itself, whatever is posted."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("groups", "is_superuser"):
            if name in self.fields:
                self.fields[name].disabled = True


class CreationForm(RolesReadOnly, UserCreationForm):
    pass


class EditForm(RolesReadOnly, UserEditForm):
    pass


class UserViewSet(WagtailUserViewSet):
    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:  # noqa: FBT001, FBT002
        return EditForm if for_update else CreationForm
