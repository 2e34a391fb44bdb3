from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import Q, QuerySet

from common import clock
from common.errors import NotFound
from common.keyset import KeyPage, latest_first
from integrations import sms
from notifications.addresses import address_digest
from notifications.kinds import TRAITS, Audience, Kind, Topic
from notifications.models import (
    Contact,
    Message,
    MessageWording,
    NotificationSettings,
    Preference,
    Undeliverable,
)
from notifications.rendering import title_of
from notifications.states import ENDED, Channel, MessageStatus, Withheld
from notifications.stopping import read_stop_token
from notifications.told import TOLD
from notifications.wording import REWORDABLE, Part

# A bell that has more to say says "99+".
COUNTED = 100


def notices_of(user: AbstractUser | AnonymousUser) -> QuerySet[Message]:
    """What the person was told, in no order; whether the email went out plays no part.

    What is queued for a later time is no notice before that.
    """
    if not user.is_authenticated:
        return Message.objects.none()
    return Message.objects.filter(user_id=user.pk, channel=Channel.EMAIL, created_at__lte=clock.now())


def unread_for(user: AbstractUser | AnonymousUser, kinds: Iterable[str] | None = None) -> QuerySet[Message]:
    """The person's own notices that they have not read, newest first."""
    notices = notices_of(user).filter(read_at=None).order_by("-created_at")
    return notices if kinds is None else notices.filter(kind__in=list(kinds))


def unread_count(user: AbstractUser | AnonymousUser) -> int:
    """How many notices the person has not read, up to `COUNTED`: one statement, which an index answers."""
    return unread_for(user).order_by()[:COUNTED].count()


def unread_words(user: AbstractUser | AnonymousUser) -> str:
    """`unread_count` as a bell says it: "99+" for more, empty where there is none to say."""
    count = unread_count(user)
    return f"{COUNTED - 1}+" if count >= COUNTED else str(count or "")


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something that a person was told, as their page of notices shows it; `path` may be empty."""

    id: UUID
    title: str
    topic: str
    at: datetime
    path: str
    is_read: bool
    outcomes: list[str]
    """What became of the email and of the text, in words to the person."""


def notices_page(user: AbstractUser, *, size: int, before: UUID | None, after: UUID | None) -> KeyPage[Notice]:
    """A page of what the person was told, the newest first (`common.keyset.latest_first`); two statements."""

    def found(*, filters: Q, order_by: tuple[str, ...], limit: int) -> QuerySet[Message]:
        return notices_of(user).filter(filters).order_by(*order_by)[:limit]

    page = latest_first(found, Q(), "created_at", size=size, before=before, after=after)
    texts = _texts_beside(page.rows)
    notices = [_notice(message, texts.get(text_key(message.dedupe_key))) for message in page.rows]
    return KeyPage(
        rows=notices,
        has_previous=page.has_previous,
        has_next=page.has_next,
        has_unknown_edge=page.has_unknown_edge,
    )


def notices_all(user: AbstractUser) -> list[Notice]:
    """Whatever the person was told, the newest first; for a file of theirs, since a page shows some at a time."""
    messages = list(notices_of(user).order_by("-created_at", "-pk"))
    texts = _texts_beside(messages)
    return [_notice(message, texts.get(text_key(message.dedupe_key))) for message in messages]


def text_key(dedupe_key: str) -> str:
    """The key of the text that goes out beside the email of this key."""
    return f"{dedupe_key}:sms"


def _texts_beside(messages: Sequence[Message]) -> dict[str, Message]:
    keys = [text_key(message.dedupe_key) for message in messages]
    return Message.objects.filter(dedupe_key__in=keys).in_bulk(field_name="dedupe_key") if keys else {}


def _notice(message: Message, text: Message | None) -> Notice:
    return Notice(
        id=message.public_id,
        title=title_of(message),
        topic=TRAITS[Kind(message.kind)].topic.label,
        at=message.created_at,
        path=message.facts.get("path", ""),
        is_read=message.read_at is not None,
        outcomes=[_outcome(message), *([_outcome(text)] if text and text.status == MessageStatus.SENT else [])],
    )


_WHY: dict[str, str] = {
    Withheld.SWITCHED_OFF: "you have switched it off",
    Withheld.LAID_ASIDE: "it did not get through",
    Withheld.OVERTAKEN: "there was newer news by then",
    Withheld.NOT_THEIRS: "you no longer helped with it by then",
    Withheld.COMES_BACK: "mail to your address comes back",
    Withheld.UNWANTED: "your mailbox has reported our mail as unwanted",
}


def _outcome(message: Message) -> str:
    if message.status == MessageStatus.WITHHELD:
        return f"Not emailed: {_WHY.get(message.last_error, message.last_error)}"
    word = "Texted" if message.channel == Channel.SMS else "Emailed"
    return {MessageStatus.SENT: f"{word} to you", MessageStatus.FAILED: "The email did not arrive"}.get(
        MessageStatus(message.status), "On its way by email"
    )


def notice_of(user: AbstractUser, public_id: UUID) -> Message:
    """One of the person's own notices. Raises `NotFound` for anybody else's."""
    notice = notices_of(user).filter(public_id=public_id).first()
    if notice is None:
        raise NotFound
    return notice


def is_queued(dedupe_key: str) -> bool:
    """Whether this has been told, or is on its way."""
    return Message.objects.filter(dedupe_key=dedupe_key).exists()


def queued_among(dedupe_keys: Iterable[str]) -> set[str]:
    """Those of these keys that were told, or are on their way: one statement."""
    found = Message.objects.filter(dedupe_key__in=list(dedupe_keys))
    return set(found.values_list("dedupe_key", flat=True))


def facts_last_told(kind: str, abouts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What the newest message of a kind said about each of these objects, of those about which there is one."""
    told = Message.objects.filter(kind=kind, about__in=list(abouts), channel=Channel.EMAIL)
    return dict(told.order_by("about", "-pk").distinct("about").values_list("about", "facts"))


_OLD_TIME = ("old_start", "old_end", "old_zone", "old_place")


def old_time_known(message: Message) -> dict[str, Any]:
    """Of what moved again before its person was told: when it was as they know it, in place of the time between."""
    known: dict[str, Any] = {}
    if "old_start" not in message.facts or message.user_id is None:
        return known
    told = Message.objects.filter(about=message.about, user_id=message.user_id, channel=Channel.EMAIL)
    for earlier in told.filter(facts__has_key="old_start", pk__lt=message.pk).order_by("-pk"):
        if earlier.status == MessageStatus.SENT:
            break
        known = {name: earlier.facts[name] for name in _OLD_TIME if name in earlier.facts}
    is_back = (known.get("old_start"), known.get("old_place")) == (message.facts["start"], message.facts["place"])
    return {} if is_back else known


def oldest_due(now: datetime) -> datetime | None:
    """Since when the longest overdue message could have been sent: a claim that ended counts from its end.

    What waits for the next step of its ladder, or for its hour, is not overdue.
    """
    due = Message.objects.exclude(status__in=ENDED).filter(due_at__lte=now)
    return due.order_by("due_at").values_list("due_at", flat=True).first()


def messages_open() -> int:
    """How many are to be sent yet, now or later."""
    return Message.objects.exclude(status__in=ENDED).count()


def messages_failed() -> QuerySet[Message]:
    """Given up, the newest first: an operator can have each tried again (`message_retry`) or laid aside. Without those
    of which nobody knows any more what they said.
    """
    return Message.objects.filter(status=MessageStatus.FAILED, purged_at=None).order_by("-created_at", "-pk")


def default_of(channel: Channel) -> bool:
    """What holds of whoever has said nothing: an email of everything, a text of nothing."""
    return channel == Channel.EMAIL


def is_choice(kind: Kind, channel: Channel) -> bool:
    """Whether a person may say whether they want that."""
    traits = TRAITS[kind]
    return traits.has_text if channel == Channel.SMS else traits.optional


def preferences_of(user: AbstractUser) -> dict[tuple[Kind, Channel], bool]:
    """What the person gets of each kind by each channel: one statement."""
    said = {
        (Kind(kind), Channel(channel)): is_on
        for kind, channel, is_on in Preference.objects.filter(user_id=user.pk).values_list("kind", "channel", "is_on")
    }
    everything = ((kind, channel) for kind in Kind for channel in Channel)
    return {
        key: said.get(key, default_of(key[1])) if is_choice(*key) else key[1] == Channel.EMAIL for key in everything
    }


def contact_of(user: AbstractUser) -> Contact | None:
    """The person's mobile number, confirmed or not."""
    return Contact.objects.filter(user_id=user.pk).first()


def trouble_with(address: str) -> str:
    """Why mail to this address does not arrive, as a sentence to its owner; empty where we know of no trouble."""
    known = undeliverable_reasons(address)
    if Undeliverable.Reason.BOUNCE in known:
        return "Mail to your address comes back. Until you change it, we tell you here alone."
    if not known:
        return ""
    return (
        "Your mailbox reported our mail as unwanted. We email you what you need to know and no more; everything else"
        " stands here."
    )


def undeliverable_reasons(address: str) -> set[str]:
    """What the mail provider says against an address: that mail comes back from it, that its owner complained."""
    return set(Undeliverable.objects.filter(digest=address_digest(address)).values_list("reason", flat=True))


def texts_wait_for_tomorrow(at: time) -> bool:
    """Whether a text that is due at this hour of the clinic's day goes out on the next at the earliest."""
    rules: NotificationSettings = NotificationSettings.load()
    return texts_can_be_sent() and rules.quiet_from > rules.quiet_until and at >= rules.quiet_from


def texts_can_be_sent() -> bool:
    """Whether this installation sends texts at all."""
    return sms.is_set_up()


def audience_kinds(*, patient: bool, doctor: bool, staff: bool) -> list[Kind]:
    """The kinds that are written to somebody who is these, in the table's order."""
    theirs = {Audience.PATIENT: patient, Audience.DOCTOR: doctor, Audience.STAFF: staff}
    return [kind for kind, traits in TRAITS.items() if theirs.get(traits.audience)]


def told_to_you(kind: Kind) -> str:
    """What a kind tells, in the words of whoever it is written to; those who work here call it as the desk does."""
    return TOLD.get(kind, kind.label)


def topic_of(kind: Kind) -> str:
    return str(TRAITS[kind].topic.label)


def stop_of(token: str) -> tuple[AbstractUser, Kind]:
    """Who wants no more emails of what, by the last part of the address in such an email. Raises `NotFound`."""
    named = read_stop_token(token)
    person = get_user_model().objects.filter(public_id=named.person, is_active=True).first() if named else None
    if named is None or not isinstance(person, AbstractUser):
        raise NotFound
    return person, named.kind


def wording_published(kind: Kind) -> dict[Part, str]:
    """What an editor has published for messages of this kind; empty where nobody may, or has. One statement at most."""
    if kind not in REWORDABLE:
        return {}
    wording = MessageWording.objects.filter(kind=kind, live=True).first()
    return wording.typed if wording else {}


@dataclass(frozen=True, kw_only=True)
class Told:
    """A message on the timeline of what it was about: to whom by what they are to it, never to which address."""

    what: str
    channel: str
    whom: str
    state: str
    at: datetime


_WHOM = {Audience.DOCTOR: "the doctor", Audience.STAFF: "the staff", Audience.ADDRESS: "an address that was invited"}
_TIMELINE_LENGTH = 50
# For whoever works with money, and sees of a visit what was told of that.
PAYMENTS = Topic.PAYMENTS


def messages_about(about: str, *, topic: Topic | None = None) -> list[Told]:
    """What was told of an object, the newest first, for those who work with it; no text that nobody asked for.

    With a `topic` no more than belongs to that.
    """
    found = Message.objects.filter(about=about, created_at__lte=clock.now()).exclude(last_error=Withheld.NOT_WANTED)
    if topic is not None:
        found = found.filter(kind__in=[kind.value for kind, traits in TRAITS.items() if traits.topic == topic])
    return [
        Told(
            what=message.get_kind_display(),
            channel=message.get_channel_display(),
            whom=_WHOM.get(TRAITS[Kind(message.kind)].audience, "the patient"),
            state=message.get_status_display(),
            at=message.sent_at or message.created_at,
        )
        for message in found.order_by("-created_at", "-pk")[:_TIMELINE_LENGTH]
    ]
