"""The number that texts go to: typed, proved by a code that was sent there, and taken back."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac

from audit.services import event_record
from common.errors import Conflict, Invalid
from common.limits import Limit, spend
from integrations import sms
from notifications.locks import lock_contact
from notifications.models import Contact

CODE_LASTS = timedelta(minutes=10)
WRONG_CODES = 5
# Each costs money and rings on somebody's phone, who may not have asked: so of a number too, whoever types it.
CODES_OF_A_PERSON = Limit(name="text-codes", most=5, within=timedelta(hours=1))
CODES_TO_A_NUMBER = Limit(name="text-codes-to", most=5, within=timedelta(hours=1))
TOO_MANY = "We have sent several codes already. Please wait an hour, then ask for another."
NO_CODE = "That code is not right, or no longer valid. Check it, or ask for another."


def contact_ask(*, actor: AbstractUser, mobile: str, now: datetime) -> None:
    """Send a code to a number in E.164, which is the person's new one as soon as they type it. Until then no texts go.

    Call it outside a transaction. Raises `Conflict` (`no_texts`, `text_not_sent`), and `Invalid` for too many.
    """
    if not sms.is_set_up():
        raise Conflict("no_texts", "This clinic sends no texts.")
    within = spend(CODES_OF_A_PERSON, str(actor.pk)) and spend(CODES_TO_A_NUMBER, mobile)
    if not within:
        raise Invalid("too_many_codes", TOO_MANY, fields={"mobile": [TOO_MANY]})
    code = f"{secrets.randbelow(10**6):06}"
    _expect(actor, mobile, code, now)
    words = (
        f"{settings.WAGTAIL_SITE_NAME}: your code is {code}. It is valid for 10 minutes. Nobody will ask you for it."
    )
    try:
        sms.send(sms.Text(to=mobile, body=words, reference=""))
    except (sms.Refused, sms.Unavailable) as error:
        said = "We could not send a text to this number. Check it, or try again in a moment."
        raise Invalid("text_not_sent", said, fields={"mobile": [said]}) from error


@transaction.atomic
def _expect(user: AbstractUser, mobile: str, code: str, now: datetime) -> None:
    digest = _digest(user, mobile, code)
    asked = {"mobile": mobile, "confirmed_at": None, "code_digest": digest, "code_ends_at": now + CODE_LASTS}
    Contact.objects.update_or_create(user_id=user.pk, defaults={**asked, "wrong_codes": 0})


@transaction.atomic
def _confirm(actor: AbstractUser, code: str, now: datetime) -> bool:
    contact = lock_contact(actor)
    if contact is None or contact.confirmed_at is not None:
        return contact is not None
    is_open = contact.code_ends_at is not None and now < contact.code_ends_at and contact.wrong_codes < WRONG_CODES
    if not (is_open and constant_time_compare(contact.code_digest, _digest(actor, contact.mobile, code))):
        contact.wrong_codes = min(contact.wrong_codes + 1, WRONG_CODES)
        contact.save(update_fields=["wrong_codes"])
        return False
    contact.confirmed_at, contact.code_digest, contact.code_ends_at = now, "", None
    contact.save(update_fields=["confirmed_at", "code_digest", "code_ends_at"])
    event_record("notices.mobile_confirmed", actor, actor=actor)
    return True


def contact_confirm(*, actor: AbstractUser, code: str, now: datetime) -> None:
    """The code has come back: texts go to that number from now on. Once more changes nothing.

    Raises `Invalid` for a wrong code, for one that is 10 minutes old, and after five wrong ones for the right one too.
    """
    # The wrong one is counted in a transaction of its own: the refusal must not undo that.
    if not _confirm(actor, code, now):
        raise Invalid("wrong_code", NO_CODE, fields={"code": [NO_CODE]})


@transaction.atomic
def contact_remove(*, actor: AbstractUser) -> None:
    """No more texts, and the number is forgotten."""
    if Contact.objects.filter(user_id=actor.pk).delete()[0]:
        event_record("notices.mobile_removed", actor, actor=actor)


def _digest(user: AbstractUser, mobile: str, code: str) -> str:
    """Of the number too: a code that was sent to one confirms no other."""
    return salted_hmac("notifications.contact", f"{user.pk}:{mobile}:{code}", algorithm="sha256").hexdigest()
