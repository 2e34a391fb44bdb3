"""One's appointments in one's own calendar: the secret addresses, and what a calendar fetches there."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.policies import SignedInRequest, recently_authenticated
from booking import facts, policies, selectors, services
from booking.models import CalendarFeed
from common import clock
from common.errors import Forbidden, NotFound
from common.limits import Limit, callers_network, spend
from integrations.calendars import CalendarEvent, feed_ics

AGAIN_IN = timedelta(hours=1)
# Whoever reads calendars for many people, as large providers do, asks from few addresses.
FETCHES = Limit(name="booking.feed", most=300, within=timedelta(minutes=1))


@never_cache
@require_safe
@login_required
def feeds(request: SignedInRequest) -> HttpResponse:
    """The calendar addresses that the person has or can have; none of them can be shown again."""
    return _show(request)


@never_cache
@require_POST
@recently_authenticated
def feed_make(request: SignedInRequest, kind: str) -> HttpResponse:
    """A new address, in place of the old one if there was one. This answer shows it, and nothing ever does again."""
    token = services.feed_make(actor=request.user, kind=_kind(kind))
    address = f"{settings.BASE_URL}{reverse('booking:feed', args=[token])}"
    return _show(request, made=_kind(kind), address=address)


@require_POST
@login_required
def feed_revoke(request: SignedInRequest, kind: str) -> HttpResponse:
    """Take the address back: nobody is kept from shutting a door by being asked first who they are."""
    services.feed_revoke(actor=request.user, kind=_kind(kind))
    messages.success(request, "The address is taken back. Calendars that used it show nothing new any more.")
    return redirect("booking:feeds")


def _kind(word: str) -> CalendarFeed.Kind:
    try:
        return CalendarFeed.Kind(word)
    except ValueError:
        raise NotFound("There is no such calendar address.") from None


def _show(request: SignedInRequest, made: CalendarFeed.Kind | None = None, address: str = "") -> HttpResponse:
    user, held = request.user, selectors.feeds_of(request.user)
    opened = [kind for kind in CalendarFeed.Kind if policies.can_have_feed(user, kind)]
    kinds = [kind for kind in CalendarFeed.Kind if kind in held or kind in opened]
    if not kinds:
        raise Forbidden("no_such_feed", "Calendar addresses are for patients and doctors.")
    context = {
        "feeds": {kind: held.get(kind) for kind in kinds},
        "opened": opened,
        "made": made,
        "address": address,
        "webcal": f"webcal:{address.partition(':')[2]}" if address else "",
    }
    return render(request, "booking/feeds.html", context)


@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The calendar at a secret address, which alone opens it. Every refusal is the same, after the same work."""
    if not spend(FETCHES, callers_network()):
        return _plain("Too many requests. Ask again in a minute.", HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "60"})
    now = clock.now()
    found = selectors.feed_at(token)
    if found is None or not policies.can_have_feed(found.user, found.kind):
        return _plain("There is no calendar at this address.", HTTPStatus.NOT_FOUND)
    events = _events(found, now)
    etag = _etag(events)
    answer = get_conditional_response(request, etag=etag) or HttpResponse(
        feed_ics(events, name=_name(found), again_in=AGAIN_IN), content_type="text/calendar; charset=utf-8"
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache"
    return answer


def _events(found: CalendarFeed, now: datetime) -> list[CalendarEvent]:
    for_doctor = found.kind == CalendarFeed.Kind.DOCTOR
    rows = selectors.appointments_of_feed(found, now=now)
    return [facts.calendar_event(row, now=now, for_doctor=for_doctor) for row in rows]


def _etag(events: list[CalendarEvent]) -> str:
    """Of what the events say. A weak one: each file besides tells the instant when it was written."""
    return f"W/{quote_etag(sha256(repr(events).encode()).hexdigest())}"


def _name(found: CalendarFeed) -> str:
    return f"{settings.WAGTAIL_SITE_NAME}: {found.get_kind_display().lower()}"


def _plain(text: str, status: HTTPStatus, headers: dict[str, str] | None = None) -> HttpResponse:
    answer = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8", headers=headers)
    answer["Cache-Control"] = "private, no-store"
    return answer
