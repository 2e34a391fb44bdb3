"""Addresses that mail comes back from."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AbstractUser
from django.db import transaction

from common.errors import Conflict
from common.limits import Limit, spend
from integrations.mail.provider import DELIVERED, MailNews
from notifications.addresses import address_digest
from notifications.models import MailEvent, Undeliverable

TRIES = Limit(name="address-tries", most=2, within=timedelta(days=1))


@transaction.atomic
def mail_news_receive(*, news: MailNews) -> None:
    """Take in what the provider says of an address, once. Later mail to it is withheld, or goes again.

    The first bounce counts until mail arrives there: a complaint after it is the lesser news.
    """
    digest = address_digest(news.address)
    if news.what == DELIVERED:
        Undeliverable.objects.filter(digest=digest, reason=Undeliverable.Reason.BOUNCE, at__lt=news.at).delete()
        return
    told = MailEvent(event_id=news.event_id, at=news.at)
    if MailEvent.objects.filter(event_id=news.event_id).exists():
        return
    MailEvent.objects.bulk_create([told], ignore_conflicts=True)
    reason = Undeliverable.Reason(news.what)
    row, is_new = Undeliverable.objects.get_or_create(digest=digest, defaults={"reason": reason, "at": news.at})
    if not is_new and reason == Undeliverable.Reason.BOUNCE:
        row.reason, row.at = reason, news.at
        row.save(update_fields=["reason", "at"])


def address_try_again(*, actor: AbstractUser) -> None:
    """The person says that their address works (again): the next mail goes there. Raises `Conflict` when too often."""
    if not spend(TRIES, str(actor.pk)):
        raise Conflict("too_many_tries", "You have tried this today already. Please try again tomorrow.")
    Undeliverable.objects.filter(digest=address_digest(actor.email)).delete()
