"""Every field that an editor fills in says what it is for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from home.models import SiteSettings
from home.wagtail_admin.desk import page_types

# Wagtail's own, which says so itself.
WAGTAILS = {field.name for field in Page._meta.fields}


def fields_of(panel: Any) -> Iterator[FieldPanel]:
    if isinstance(panel, FieldPanel):
        yield panel
    for child in getattr(panel, "children", []):
        yield from fields_of(child)


@pytest.mark.parametrize("model", [*page_types(), SiteSettings], ids=lambda model: model.__name__)
def test_every_field_says_what_it_is_for(model: Any) -> None:
    handler = (
        model.get_edit_handler() if hasattr(model, "get_edit_handler") else model.edit_handler.bind_to_model(model)
    )
    silent = [
        panel.field_name
        for panel in fields_of(handler)
        if panel.field_name not in WAGTAILS
        and not (panel.help_text or model._meta.get_field(panel.field_name).help_text)
    ]
    assert silent == []
