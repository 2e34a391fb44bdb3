"""Accounts and groups in Wagtail's admin: names alone. Roles, and whether somebody may sign in, change through services
(the screen "Access"); nothing is deleted: accounts are closed, and groups are the roles that the code knows.

Passwords are set by their owners alone (WAGTAILUSERS_PASSWORD_ENABLED): a new account's by "Forgotten password".
"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.urls import URLPattern, reverse
from django.utils.functional import cached_property
from wagtail.admin.ui.tables import BulkActionsCheckboxColumn, Column
from wagtail.admin.widgets.button import HeaderButton
from wagtail.users.forms import GroupForm, UserCreationForm, UserEditForm
from wagtail.users.views.groups import GroupViewSet as WagtailGroupViewSet
from wagtail.users.views.users import EditView as WagtailEditView
from wagtail.users.views.users import IndexView as WagtailIndexView
from wagtail.users.views.users import UserViewSet as WagtailUserViewSet

from accounts import admin_access
from accounts.roles import Role


class ReadOnlyFields(forms.ModelForm):
    """Django answers a disabled field from the object itself, whatever is posted."""

    read_only: ClassVar[tuple[str, ...]] = ("groups", "is_superuser", "is_active")

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


class RoleForm(GroupForm):
    """The code finds a role by its name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].disabled = self.instance.name in Role


class IndexView(WagtailIndexView):
    """Without the boxes of bulk actions: each of those writes beside the services."""

    @cached_property
    def columns(self) -> list[Column]:
        return [column for column in super().columns if not isinstance(column, BulkActionsCheckboxColumn)]


class EditView(WagtailEditView):
    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        url = reverse("wagtailusers_users:access", args=[self.object.pk])
        return [HeaderButton("Access", url=url, icon_name="key")]


def _without_delete(patterns: list[URLPattern]) -> list[URLPattern]:
    return [pattern for pattern in patterns if pattern.name != "delete"]


class UserViewSet(WagtailUserViewSet):
    # Wagtail's copy saves over the very account that is copied, its address too.
    copy_view_enabled = False
    index_view_class = IndexView
    edit_view_class = EditView

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:  # noqa: FBT001, FBT002
        return EditForm if for_update else CreationForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{"delete_url_name": None, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [*_without_delete(super().get_urlpatterns()), *admin_access.urlpatterns()]


class GroupViewSet(WagtailGroupViewSet):
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[forms.ModelForm]:  # noqa: FBT001, FBT002
        return RoleForm

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_common_view_kwargs(**{"delete_url_name": None, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        return _without_delete(super().get_urlpatterns())
