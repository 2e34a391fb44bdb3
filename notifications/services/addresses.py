"""Addresses that mail comes back from."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from common.errors import Conflict
from common.limits import Limit, spend
from integrations.mail.provider import DELIVERED, MailNews
from notifications.addresses import address_digest
from notifications.models import Arrival, MailEvent, Undeliverable

TRIES = Limit(name="address-tries", most=2, within=timedelta(days=1))


@transaction.atomic
def mail_news_receive(*, news: MailNews) -> None:
    """Take in what the provider says of an address, once. Later mail to it is withheld, or goes again.

    A bounce counts until mail arrives there, and not where mail has arrived since, in whichever order we hear of it. A
    complaint stays until its owner asks for mail again.
    """
    digest = address_digest(news.address)
    if news.what == DELIVERED:
        _arrived(digest, news.at)
        return
    told = MailEvent(event_id=news.event_id, at=news.at)
    if MailEvent.objects.filter(event_id=news.event_id).exists():
        return
    MailEvent.objects.bulk_create([told], ignore_conflicts=True)
    reason = Undeliverable.Reason(news.what)
    if reason == Undeliverable.Reason.BOUNCE and Arrival.objects.filter(digest=digest, at__gte=news.at).exists():
        return
    row = Undeliverable(digest=digest, reason=reason, at=news.at)
    Undeliverable.objects.bulk_create([row], ignore_conflicts=True)
    Undeliverable.objects.filter(digest=digest, reason=reason, at__lt=news.at).update(at=news.at)


def _arrived(digest: str, at: datetime) -> None:
    Arrival.objects.bulk_create([Arrival(digest=digest, at=at)], ignore_conflicts=True)
    Arrival.objects.filter(digest=digest, at__lt=at).update(at=at)
    Undeliverable.objects.filter(digest=digest, reason=Undeliverable.Reason.BOUNCE, at__lt=at).delete()


def address_try_again(*, actor: AbstractUser) -> None:
    """The person says that their address works (again): the next mail goes there. Raises `Conflict` when too often."""
    if not spend(TRIES, str(actor.pk)):
        raise Conflict("too_many_tries", "You have tried this today already. Please try again tomorrow.")
    Undeliverable.objects.filter(digest=address_digest(actor.email)).delete()
