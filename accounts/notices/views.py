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
from common.inputs import instant_or_none, uuid_or_none
from notifications import selectors
from notifications import services as notifications

PAGE_LENGTH = 20


@never_cache
@require_safe
@login_required
def notices(request: SignedInRequest) -> HttpResponse:
    """The newest first; `before` and `after` are the ids that the page begins behind or ends at."""
    before, after = (uuid_or_none(request.GET.get(name, "")) for name in ("before", "after"))
    now = clock.now()
    page = selectors.notices_page(request.user, size=PAGE_LENGTH, before=before, after=after)
    context = {"page": page, "now": now, "trouble": selectors.trouble_with(request.user.email)}
    return render(request, "accounts/notices/notices.html", context)


@require_POST
@login_required
def read(request: SignedInRequest) -> HttpResponse:
    """Everything up to the moment at which the page was shown counts as read: what has arrived since stays new."""
    now = clock.now()
    until = min(instant_or_none(request.POST.get("until", "")) or now, now)
    notifications.messages_mark_read(user=request.user, now=now, until=until)
    came = selectors.unread_count(request.user)
    messages.success(request, f"Everything counts as read{', but for what has just come in' if came else ''}.")
    return redirect("accounts:notices")


@require_POST
@login_required
def open_notice(request: SignedInRequest, notice_id: UUID) -> HttpResponse:
    """Go to what it tells of; it counts as read by that."""
    notice = selectors.notice_of(request.user, notice_id)
    notifications.messages_mark_read(user=request.user, now=clock.now(), message_ids=[notice.public_id])
    path = notice.facts.get("path", "")
    return redirect(path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else "accounts:notices")
