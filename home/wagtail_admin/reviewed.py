"""Marking pages as reviewed, many at once, from the list of pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from wagtail.admin.views.pages.bulk_actions.page_bulk_action import PageBulkAction
from wagtail.models import Page

from common.forms import DayField
from home.services import pages_mark_reviewed
from home.wagtail_admin.desk import today


class ReviewedForm(forms.Form):
    next_review = DayField(
        label="To be reviewed again by",
        help_text="For health advice within three years.",
        error_messages={"required": "Enter the day of the next review."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        day = today()
        # The 29th of February has no year after it.
        self.initial.setdefault("next_review", day.replace(year=day.year + 1, day=min(day.day, 28)))

    def clean_next_review(self) -> Any:
        if self.cleaned_data["next_review"] <= today():
            raise forms.ValidationError("Enter a day that is still to come.")
        return self.cleaned_data["next_review"]


class ReviewedBulkAction(PageBulkAction):
    display_name = "Mark as reviewed"
    action_type = "reviewed"
    aria_label = "Mark the selected pages as reviewed today"
    template_name = "home/admin/bulk_reviewed.html"
    action_priority = 60
    form_class = ReviewedForm

    def check_perm(self, page: Page) -> bool:
        return bool(page.permissions_for_user(self.request.user).can_publish())

    def get_execution_context(self) -> dict[str, Any]:
        return {**super().get_execution_context(), "next_review": self.cleaned_form.cleaned_data["next_review"]}

    @classmethod
    def execute_action(cls, objects: list[Page], **about: Any) -> tuple[int, int]:
        marked, left = pages_mark_reviewed(
            actor=about["user"],
            page_ids=[page.pk for page in objects],
            day=today(),
            next_review=about["next_review"],
        )
        return len(marked), len(left)

    def get_success_message(self, num_parent_objects: int, num_child_objects: int) -> str:
        if num_child_objects:
            messages.warning(
                self.request,
                f"{num_child_objects} left as they were: not public, locked, without a review date, or with an "
                "unfinished version, which this would have published.",
            )
        return f"{num_parent_objects} page{'' if num_parent_objects == 1 else 's'} marked as reviewed today."
