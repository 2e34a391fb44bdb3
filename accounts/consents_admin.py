"""What the clinic asks people to agree to, in the Wagtail admin."""

from __future__ import annotations

from typing import Any, cast

from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic import CreateView, EditView, IndexView

from accounts import services
from accounts.models import ConsentQuestion, User
from common.viewsets import KeptViewSet

_REWORDED = "Other words are a new version, which everybody is asked to agree to anew."


class Saves:
    """The service decides what is a new version."""

    request: Any
    form: Any

    def save_instance(self) -> ConsentQuestion:
        question = self.form.save(commit=False)
        return services.consent_question_keep(actor=cast("User", self.request.user), question=question)


class QuestionCreate(Saves, CreateView):
    pass


class QuestionEdit(Saves, EditView):
    pass


class QuestionIndex(IndexView):
    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("statement", label="What people tick", get_url=self.get_edit_url, sort_key="statement"),
            Column("version", label="Version"),
            BooleanColumn("is_required", label="Required"),
            BooleanColumn("is_active", label="Asked"),
        ]


class ConsentQuestionViewSet(KeptViewSet):
    model = ConsentQuestion
    url_prefix = "consents"
    icon = "clipboard-list"
    menu_label = "Consents"
    menu_order = 140
    add_to_admin_menu = True
    index_view_class = QuestionIndex
    add_view_class = QuestionCreate
    edit_view_class = QuestionEdit
    inspect_view_fields = ("code", "statement", "more", "read_at", "version", "is_required", "is_active")
    edit_handler = ObjectList(
        [
            FieldPanel("statement", help_text=f"One sentence, such as “I agree to …”. {_REWORDED}"),
            FieldPanel("more", help_text=f"What agreeing means, and what not. {_REWORDED}"),
            FieldPanel("read_at"),
            FieldPanel("code"),
            FieldRowPanel([FieldPanel("is_required"), FieldPanel("is_active"), FieldPanel("position")]),
        ]
    )
