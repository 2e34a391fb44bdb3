"""From a message's facts to the mail that a person reads."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from common.money import Money
from common.templatetags.when import clock_time, from_to, long_date
from integrations.calendars import CalendarEvent, to_ics
from integrations.mail import Attachment, Mail, tidy
from notifications.kinds import TRAITS, Audience, Kind
from notifications.models import Message
from notifications.stopping import make_stop_token

FOLDER = "notifications/email"
# A visit that is not in person has no place to go to, whatever location it is counted for.
AWAY_FROM_THE_CLINIC = {"video": "By video", "phone": "By phone"}


def mail_of(message: Message) -> Mail:
    """The message as a mail, with its calendar file where the facts name one."""
    stop = stop_url(message)
    context = _context(message) | {"stop_url": stop}
    template = f"{FOLDER}/{message.kind}"
    return Mail(
        to=message.email,
        subject=_subject(message, context),
        text=tidy(render_to_string(f"{template}.txt", context)),
        html=render_to_string(f"{template}.html", context),
        attachments=[_calendar_file(message)] if "calendar" in message.facts else [],
        message_id=f"{message.public_id}@{urlsplit(settings.BASE_URL).hostname}",
        unsubscribe_url=stop,
    )


def stop_url(message: Message) -> str:
    """Where one press ends the emails of this kind to this person; empty for what may not be switched off."""
    if message.user is None or not TRAITS[Kind(message.kind)].optional:
        return ""
    # By name: the page belongs to an app above this one.
    token = make_stop_token(message.user, Kind(message.kind))
    return f"{settings.BASE_URL}{reverse('accounts:stop', args=[token])}"


def text_of(message: Message) -> str:
    """The message as a text to a phone, in one line and as short as it can be."""
    return " ".join(render_to_string(f"notifications/sms/{message.kind}.txt", _context(message)).split())


def title_of(message: Message) -> str:
    """What it says in one line, as the subject of its mail does; of facts that are purged only what kind it was."""
    return Kind(message.kind).label if message.purged_at else _subject(message, _context(message))


def _subject(message: Message, context: dict[str, Any]) -> str:
    return " ".join(render_to_string(f"{FOLDER}/{message.kind}.subject.txt", context).split())


def _context(message: Message) -> dict[str, Any]:
    return {**_said(message.facts), "visits": [_said(visit) for visit in message.facts.get("visits", ())]}


def _said(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts as people read them."""
    context = {**facts, "site_name": settings.WAGTAIL_SITE_NAME, "base_url": settings.BASE_URL}
    if path := facts.get("path"):
        context["url"] = f"{settings.BASE_URL}{path}"
    if link := facts.get("link"):
        context["link_url"] = f"{settings.BASE_URL}{link}"
    if "amount" in facts:
        context["amount"] = str(Money(facts["amount"], facts["currency"]))
    for name in ("left", "rest"):
        if facts.get(name):
            context[name] = str(Money(facts[name], facts["currency"]))
    if "start" in facts:
        start, end, zone = _times(facts)
        context["where"] = _where(facts)
        context["when"] = when(start, end, zone)
        context["old_when"] = _old_when(facts)
        local = start.astimezone(zone)
        context["short_day"] = f"{local:%a} {local.day} {local:%b}"
        context["short_time"] = clock_time(start, zone)
        context["short_when"] = f"{context['short_day']}, {context['short_time']}"
        context["short_where"] = AWAY_FROM_THE_CLINIC.get(facts["modality"], facts["place"]).replace("By", "by")
        context["day"] = long_date(start, zone)
        context["day_and_time"] = f"{long_date(start, zone)}, {clock_time(start, zone)}"
    return context


def _times(facts: dict[str, Any]) -> tuple[datetime, datetime, ZoneInfo]:
    return datetime.fromisoformat(facts["start"]), datetime.fromisoformat(facts["end"]), ZoneInfo(facts["zone"])


def _old_when(facts: dict[str, Any]) -> str:
    """The time that an appointment had, with its place where that was another; empty for what has not moved."""
    if "old_start" not in facts:
        return ""
    start, end = datetime.fromisoformat(facts["old_start"]), datetime.fromisoformat(facts["old_end"])
    said = when(start, end, ZoneInfo(facts["old_zone"]))
    old_place, is_there = facts.get("old_place"), facts["modality"] not in AWAY_FROM_THE_CLINIC
    return f"{said}, {old_place}" if is_there and old_place and old_place != facts["place"] else said


def _where(facts: dict[str, Any]) -> str:
    address = ", ".join(part for part in (facts["place"], facts["address"]) if part)
    return AWAY_FROM_THE_CLINIC.get(facts["modality"], address)


def when(start: datetime, end: datetime, zone: ZoneInfo) -> str:
    """Tuesday 3 March 2027, 10:20am to 10:40am (GMT); in the hour that the clock shows twice each time says its own."""
    return f"{long_date(start, zone)}, {from_to(start, end, zone)}"


def _calendar_file(message: Message) -> Attachment:
    facts = message.facts
    calendar = facts["calendar"]
    start, end, zone = _times(facts)
    event = CalendarEvent(
        uid=calendar["uid"],
        sequence=calendar["sequence"],
        start=start,
        end=end,
        zone=zone,
        summary=_summary(message),
        location=_where(facts),
        description=f"Reference {facts['reference']}",
        url=f"{settings.BASE_URL}{facts['path']}",
        organiser=parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        attendee=message.email,
    )
    method = calendar["method"]
    return Attachment(
        name=f"{facts['reference']}.ics",
        content=to_ics(event, method),
        content_type=f"text/calendar; method={method}",
    )


def _summary(message: Message) -> str:
    """A doctor's calendar names nobody; a patient's names the doctor."""
    if TRAITS[Kind(message.kind)].audience is Audience.DOCTOR:
        return f"Appointment {message.facts['reference']}"
    return f"Appointment with {message.facts['doctor']}"
