"""What a person was told: the page behind the bell."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest
from common import clock
from common.inputs import uuid_or_none
from notifications import selectors
from notifications import services as notifications

PAGE_LENGTH = 20


@never_cache
@require_safe
@login_required
def notices(request: SignedInRequest) -> HttpResponse:
    """The newest first; `before` and `after` are the ids that the page begins behind or ends at."""
    before, after = (uuid_or_none(request.GET.get(name, "")) for name in ("before", "after"))
    page = selectors.notices_page(request.user, size=PAGE_LENGTH, before=before, after=after)
    return render(
        request, "accounts/notices/notices.html", {"page": page, "trouble": selectors.trouble_with(request.user.email)}
    )


@require_POST
@login_required
def read(request: SignedInRequest) -> HttpResponse:
    """Everything counts as read."""
    notifications.messages_mark_read(user=request.user, now=clock.now())
    messages.success(request, "Everything counts as read.")
    return redirect("accounts:notices")


@require_POST
@login_required
def open_notice(request: SignedInRequest, notice_id: UUID) -> HttpResponse:
    """Go to what it tells of; it counts as read by that."""
    notice = selectors.notice_of(request.user, notice_id)
    notifications.messages_mark_read(user=request.user, now=clock.now(), message_ids=[notice.public_id])
    path = notice.facts.get("path", "")
    return redirect(path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "accounts:notices")
