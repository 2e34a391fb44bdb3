"""From a message's facts to the mail that a person reads."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context
from django.template.loader import get_template, render_to_string
from django.template.loader_tags import BlockNode
from django.urls import reverse

from common.money import Money
from common.templatetags.when import clock_time, from_to, long_date
from integrations.calendars import CalendarEvent, to_ics
from integrations.mail import Attachment, Mail, tidy
from notifications.kinds import TRAITS, Audience, Kind
from notifications.models import Message
from notifications.samples import sample_facts
from notifications.stopping import make_stop_token
from notifications.told import TOLD
from notifications.wording import PLACEHOLDERS, Part, filled

FOLDER = "notifications/email"
TEST_MARK = "[Test]"
SAMPLE_NOTE = "A sample: everything in it is made up, and nothing is attached."
# A visit that is not in person has no place to go to, whatever location it is counted for.
AWAY_FROM_THE_CLINIC = {"video": "By video", "phone": "By phone"}

# What an editor has written for a kind, as it was typed.
Typed = Mapping[Part, str]

logger = logging.getLogger(__name__)


def mail_of(message: Message, typed: Typed | None = None) -> Mail:
    """The message as a mail, with its calendar file where the facts name one.

    `typed` is what an editor has written for its kind. Where that cannot be said, the product's words go out.
    """
    if message.kind == Kind.WORDING_TEST:
        return _test_of(message)
    kind, stop = Kind(message.kind), stop_url(message)
    said = _context(message)
    written = _written(kind, said | {"stop_url": stop}, _wording(message, typed or {}, said))
    return Mail(
        to=message.email,
        subject=written.subject,
        text=written.text,
        html=written.html,
        attachments=[_calendar_file(message)] if "calendar" in message.facts else [],
        message_id=_message_id(message),
        unsubscribe_url=stop,
    )


@dataclass(frozen=True, kw_only=True)
class Written:
    """A message's words as they are read."""

    subject: str
    text: str
    html: str


def sample_of(kind: Kind, typed: Typed, *, path: str = "", with_subject: bool = False) -> Written:
    """A message of this kind with these words and made-up facts, below a note that says so, and its subject if wanted.

    Its link leads to `path`. Raises `Unsayable` for words that are not to go out.
    """
    said = _said(sample_facts(kind) | ({"path": path} if path else {}))
    words = filled(kind, typed, said)
    note = f"Subject: {_subject(kind, said, words)}\n\n{SAMPLE_NOTE}" if with_subject else SAMPLE_NOTE
    return _written(kind, said, words, note=note)


def own_words(kind: Kind, part: Part) -> str:
    """What the product says there where no editor has written anything, with the placeholders in it; it may be empty.

    As a mail's plain part says it, of the commonest case.
    """
    said = _said(sample_facts(kind)) | {word.shown: f"{{{name}}}" for name, word in PLACEHOLDERS.items()}
    said |= {"day_and_time": "{day}, {time}"}
    if part == Part.SUBJECT:
        return _subject(kind, said, {})
    template = get_template(f"{FOLDER}/{kind}.txt").template  # type: ignore[attr-defined]
    context = Context(said, autoescape=False)
    with context.bind_template(template):
        blocks = template.nodelist.get_nodes_by_type(BlockNode)
        return next((str(block.nodelist.render(context)).strip() for block in blocks if block.name == part), "")


def _wording(message: Message, typed: Typed, said: dict[str, Any]) -> dict[Part, str]:
    """An editor's words for this message, or none: a message is never lost for them."""
    try:
        return filled(Kind(message.kind), typed, said)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with them, the product's own words can be said
        logger.error("The words for %s could not be used (%s)", message.kind, type(error).__name__)  # noqa: TRY400 - no facts into the log
        return {}


def _written(kind: Kind, said: dict[str, Any], words: dict[Part, str], *, note: str = "") -> Written:
    # Last, so that no fact of these names gets there.
    context = said | {"words": {part.value: text for part, text in words.items()}, "note": note}
    return Written(
        subject=_subject(kind, said, words),
        text=tidy(render_to_string(f"{FOLDER}/{kind}.txt", context)),
        html=render_to_string(f"{FOLDER}/{kind}.html", context),
    )


def _test_of(message: Message) -> Mail:
    """What an editor sends to themselves: nothing is attached, and its links lead back to the words."""
    facts = message.facts
    typed = {Part(part): text for part, text in facts["words"].items()}
    written = sample_of(Kind(facts["of"]), typed, path=facts["path"])
    return Mail(
        to=message.email,
        subject=f"{TEST_MARK} {written.subject}",
        text=written.text,
        html=written.html,
        message_id=_message_id(message),
    )


def _message_id(message: Message) -> str:
    return f"{message.public_id}@{urlsplit(settings.BASE_URL).hostname}"


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
    """What it says in one line, as the product words the subject of its mail; of purged facts only what kind it was."""
    kind = Kind(message.kind)
    if message.purged_at:
        return TOLD.get(kind, kind.label)
    if kind == Kind.WORDING_TEST:
        return f"{TEST_MARK} {Kind(message.facts['of']).label}"
    return _subject(kind, _context(message), {})


def _subject(kind: Kind, said: dict[str, Any], words: dict[Part, str]) -> str:
    own = words.get(Part.SUBJECT) or render_to_string(f"{FOLDER}/{kind}.subject.txt", said)
    return " ".join(own.split())


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
