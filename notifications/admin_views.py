from __future__ import annotations

from typing import ClassVar

import django_filters  # type: ignore[import-untyped]
from django.db.models import QuerySet
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from notifications.kinds import Kind
from notifications.models import Message
from notifications.states import Channel, MessageStatus, Withheld

FIELDS = ("created_at", "kind", "channel", "email", "status", "attempts", "last_error", "due_at", "sent_at")


class MessageFilterSet(WagtailFilterSet):
    status = django_filters.ChoiceFilter(choices=MessageStatus.choices, label="State")
    kind = django_filters.ChoiceFilter(choices=Kind.choices, label="Kind")
    channel = django_filters.ChoiceFilter(choices=Channel.choices, label="Channel")

    class Meta:
        model = Message
        fields: ClassVar[list[str]] = ["status", "kind", "channel"]


class MessageReport(ReportView):
    """What was sent, waits, was withheld or has failed for good: the place to look when somebody got no email."""

    model = Message
    # Named, because without a policy of its own a report lets everybody in.
    permission_policy = ModelPermissionPolicy(Message)
    permission_required = "view"
    page_title = "Messages"
    header_icon = "mail"
    index_url_name = "messages_report"
    index_results_url_name = "messages_report_results"
    filterset_class = MessageFilterSet
    default_ordering = "-created_at"
    is_searchable = False
    list_export = FIELDS
    columns: ClassVar[list[Column]] = [
        Column("kind", accessor="get_kind_display", label="Kind"),
        Column("channel", accessor="get_channel_display", label="Channel"),
        Column("email", label="To"),
        Column("status", accessor="get_status_display", label="State"),
        Column("attempts", label="Attempts"),
        Column("last_error", label="Why not sent"),
        DateColumn("created_at", label="Written"),
        DateColumn("sent_at", label="Sent"),
    ]

    def get_queryset(self) -> QuerySet[Message]:
        # A text that nobody asked for is no news to anybody who looks for an email.
        return Message.objects.exclude(last_error=Withheld.NOT_WANTED).order_by("-created_at")
