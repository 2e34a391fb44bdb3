"""The list of medicines, as content editors and administrators keep it."""

from __future__ import annotations

from django.utils.functional import cached_property
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, TitleColumn
from wagtail.admin.views.generic import IndexView

from common.viewsets import KeptViewSet
from records.models import Drug

_SEVERAL = "Separate several by commas."


class DrugIndex(IndexView):
    @cached_property
    def columns(self) -> list[Column]:
        return [
            TitleColumn("name", label="Medicine", get_url=self.get_edit_url, sort_key="name"),
            Column("get_schedule_display", label="Controlled drug", sort_key="schedule"),
            Column("get_legal_category_display", label="Legal category"),
            BooleanColumn("is_active", label="Can be prescribed"),
        ]


class DrugViewSet(KeptViewSet):
    """What an edit cannot do is in `records.selectors.drugs`: no shipped medicine leaves its schedule by it."""

    model = Drug
    url_prefix = "medicines"
    icon = "list-ul"
    menu_label = "Medicines"
    menu_order = 145
    add_to_admin_menu = True
    index_view_class = DrugIndex
    list_filter = ["schedule", "legal_category", "is_active"]
    search_fields = ["name"]
    inspect_view_fields = ("name", "forms", "strengths", "schedule", "legal_category", "groups", "is_active")
    edit_handler = ObjectList(
        [
            FieldPanel("name", help_text="The generic name. Doctors find it by that."),
            FieldPanel("forms", help_text=f"Such as Tablets, Oral solution. {_SEVERAL}"),
            FieldPanel("strengths", help_text=f"Such as 250 mg, 125 mg/5 ml. {_SEVERAL}"),
            FieldRowPanel([FieldPanel("schedule"), FieldPanel("legal_category")]),
            FieldPanel("groups", help_text=f"What an allergy to this kind of medicine is called. {_SEVERAL}"),
            FieldPanel("is_active"),
        ]
    )
