"""The words of messages in Wagtail's admin: one list of kinds, and for each its fields, its preview and a test."""

from __future__ import annotations

from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import URLPattern
from django.utils.functional import cached_property
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel, ObjectList
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.snippets.action_menu import ActionMenuItem
from wagtail.snippets.bulk_actions.delete import DeleteBulkAction
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet

from notifications.kinds import Kind
from notifications.models import MessageWording
from notifications.rendering import own_words
from notifications.wording import PLACEHOLDERS, REWORDABLE, Part, rewordable

# Rows come with a release and stay, and nothing points at them.
_WITHOUT = frozenset({"add", "delete", "usage", "preview_on_add"})


class WordingForm(WagtailAdminModelForm):
    """Beside each field what the product says there; closed where that stays."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = Kind(self.instance.kind)
        for part in Part:
            is_open, field = part in rewordable(kind).parts, self.fields[part.value]
            field.disabled = not is_open
            field.help_text = _beside(own_words(kind, part), is_open=is_open)


def _beside(own: str, *, is_open: bool) -> str:
    if not is_open:
        return f"This stays as it is, for it depends on what happened or has to say little: “{own}”"
    return f"In place of: “{own}”" if own else "Left empty, nothing is said here."


class PlaceholdersPanel(HelpPanel):
    """What can be filled in for this kind, and what stands in the mail whatever is written."""

    class BoundPanel(HelpPanel.BoundPanel):
        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            names = rewordable(Kind(self.instance.kind)).placeholders if self.instance else ()
            context: dict[str, Any] = super().get_context_data(parent_context)
            return context | {"placeholders": [(f"{{{name}}}", PLACEHOLDERS[name].means) for name in names]}


class WordingIndex(IndexView):
    # As the menu calls them.
    page_title = "Words of messages"

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        keeping = [kind.label for kind in Kind if kind not in REWORDABLE and kind != Kind.WORDING_TEST]
        return super().get_context_data(*args, **kwargs) | {"keeping": keeping}

    @cached_property
    def columns(self) -> list[Column]:
        """Without ticks: nothing is done to many of them at once."""
        return [
            TitleColumn("kind", label="Message", accessor="get_kind_display", get_url=self.get_edit_url),
            Column("whose_words", label="Whose words go out"),
        ]


class WordingViewSet(SnippetViewSet):
    model = MessageWording
    icon = "mail"
    menu_label = "Words of messages"
    menu_order = 118
    add_to_admin_menu = True
    copy_view_enabled = False
    index_view_class = WordingIndex
    index_template_name = "notifications/admin/wordings.html"
    list_per_page = 50
    ordering = "kind"
    edit_handler = ObjectList(
        [
            PlaceholdersPanel(template="notifications/admin/wording_help.html", heading="What can be written here"),
            *(FieldPanel(part.value) for part in Part),
        ],
        base_form_class=WordingForm,
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        return MessageWording.objects.filter(kind__in=REWORDABLE)

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        without = {"add_url_name": None, "delete_url_name": None, "usage_url_name": None}
        return super().get_common_view_kwargs(**{**without, **kwargs})

    def get_urlpatterns(self) -> list[URLPattern]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name not in _WITHOUT]

    def register_chooser_viewset(self) -> None:
        """Nothing chooses among them."""


class TestItem(ActionMenuItem):
    """A button of the form that saves: what is tried is what stands there."""

    name = "action-test"
    label = "Save draft and send me a test"
    icon_name = "mail"

    def is_shown(self, context: dict[str, Any]) -> bool:
        return context["view"] == "edit" and super().is_shown(context)


class WordingsStay(DeleteBulkAction):
    """In the place of Wagtail's own, which administrators would reach by its address: a row taken away does not come
    back."""

    models = [MessageWording]

    def dispatch(self, *_: Any, **__: Any) -> NoReturn:
        raise PermissionDenied
