"""What is not sent on purpose, decided at the moment of sending: what a person wanted or an address was may change."""

from __future__ import annotations

from datetime import datetime

from common import clock
from notifications.kinds import TRAITS, Kind
from notifications.models import Contact, Message, NotificationSettings, Preference, Undeliverable
from notifications.policies import facts_to_tell
from notifications.quiet import quiet_end
from notifications.selectors import old_time_known, undeliverable_reasons
from notifications.states import Channel, Withheld


def why_withheld(message: Message, *, now: datetime) -> Withheld | None:
    """The reason for which this message is not to be sent; None where it is, as its person may know it."""
    if message.useless_after is not None and message.useless_after <= now:
        return Withheld.TOO_LATE
    if _is_overtaken(message):
        return Withheld.OVERTAKEN
    if reason := _of_text(message) if message.channel == Channel.SMS else _of_email(message):
        return reason
    facts = facts_to_tell(message)
    if facts is None:
        return Withheld.NOT_THEIRS
    message.facts = facts | old_time_known(message)
    return None


def _is_overtaken(message: Message) -> bool:
    """Whether the person has been told since of the same thing what makes this untrue. Of two the later row is newer:
    both were written by whoever had the thing locked. Emails alone are asked: a text is written behind its own email,
    which it does not overtake.
    """
    newer = TRAITS[Kind(message.kind)].overtaken_by
    if not newer or not message.about or message.user_id is None:
        return False
    told = Message.objects.filter(about=message.about, user_id=message.user_id, channel=Channel.EMAIL)
    return told.filter(kind__in=newer, pk__gt=message.pk).exists()


def _of_email(message: Message) -> Withheld | None:
    optional = TRAITS[Kind(message.kind)].optional
    if optional and _wanted(message) is False:
        return Withheld.SWITCHED_OFF
    known = undeliverable_reasons(message.email)
    if Undeliverable.Reason.BOUNCE in known:
        return Withheld.COMES_BACK
    return Withheld.UNWANTED if optional and known else None


def _of_text(message: Message) -> Withheld | None:
    return None if _wanted(message) and mobile_of(message) else Withheld.NOT_WANTED


def _wanted(message: Message) -> bool | None:
    """What the person said; None where they have said nothing."""
    if message.user_id is None:
        return None
    said = Preference.objects.filter(user_id=message.user_id, kind=message.kind, channel=message.channel)
    return said.values_list("is_on", flat=True).first()


def mobile_of(message: Message) -> str:
    """Where a text goes: the person's own number once it is confirmed, and nowhere before."""
    if message.user_id is None:
        return ""
    confirmed = Contact.objects.filter(user_id=message.user_id, confirmed_at__isnull=False)
    return confirmed.values_list("mobile", flat=True).first() or ""


def waits_until(message: Message, *, now: datetime) -> datetime | None:
    """When a text may go that would ring in the quiet hours; None for whatever may go now."""
    if message.channel != Channel.SMS:
        return None
    rules: NotificationSettings = NotificationSettings.load()
    return quiet_end(now, begins=rules.quiet_from, ends=rules.quiet_until, zone=clock.clinic_zone())
