"""What the dashboard says to whoever writes pages: what waits, and what has happened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from wagtail.admin.ui.components import Component
from wagtail.models import PageLogEntry, TaskState

from doctors.policies import may_moderate
from doctors.selectors.proposals import waiting_proposals
from home.wagtail_admin.desk import doctors_without_page, findings_of, live_pages, pages_past_review, today

HISTORY_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One count, where it leads, and what it counts."""

    count: int
    href: str
    one: str
    many: str

    @property
    def words(self) -> str:
        return self.one if self.count == 1 else self.many


class DeskPanel(Component):
    """What waits for the person, each count a link to the list of it."""

    name = "desk"
    template_name = "home/admin/_desk_panel.html"
    order = 60

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return {"waiting": waiting_for((parent_context or {})["request"].user)}


def waiting_for(user: Any) -> list[Waiting]:
    """The queues of an editor, and of a moderator two more."""
    with_problems = sum(bool(findings_of(page)) for page in live_pages(user, with_doctors=False))
    queues = [
        Waiting(
            count=len(pages_past_review(user, until=today())),
            href=f"{reverse('home_report_review')}?due=overdue",
            one="page past its review date",
            many="pages past their review date",
        ),
        Waiting(
            count=with_problems,
            href=reverse("home_report_checks"),
            one="page with something to mend",
            many="pages with something to mend",
        ),
        Waiting(
            count=doctors_without_page().count(),
            href=reverse("home_report_doctors"),
            one="doctor without a public page",
            many="doctors without a public page",
        ),
    ]
    return [*_of_moderator(user), *queues]


def _of_moderator(user: Any) -> list[Waiting]:
    if not may_moderate(user):
        return []
    return [
        Waiting(
            count=waiting_proposals(user).count(),
            href=reverse("home_proposals"),
            one="change that a doctor proposes",
            many="changes that doctors propose",
        ),
        Waiting(
            count=TaskState.objects.reviewable_by(user).count(),
            href=reverse("wagtailadmin_reports:workflow_tasks"),
            one="page sent for approval",
            many="pages sent for approval",
        ),
    ]


class HistoryPanel(Component):
    """What was done to pages lately, by whom."""

    name = "history"
    template_name = "home/admin/_history_panel.html"
    order = 300

    def get_context_data(self, parent_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        user = (parent_context or {})["request"].user
        entries = PageLogEntry.objects.viewable_by_user(user).select_related("user", "page", "content_type")
        return {"entries": entries.order_by("-timestamp")[:HISTORY_SHOWN]}
