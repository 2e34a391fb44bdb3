from __future__ import annotations

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.services import event_receive
from common import clock
from common.uploads.limits import announced_length
from integrations.stripe.errors import SignatureInvalid
from integrations.stripe.webhooks import MAX_BYTES, event_from

logger = logging.getLogger(__name__)


# Stripe has no token of ours: its signature over the body stands in for it.
@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """Take in one delivery. 400 for what Stripe has not signed; a failure to store is a 5xx, so that it comes again."""
    now = clock.now()
    try:
        event = event_from(_body(request), request.headers.get("Stripe-Signature", ""), now=now)
    except SignatureInvalid as error:
        logger.warning("A delivery to the webhook is refused: %s", error)
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    event_receive(event=event, now=now)
    return HttpResponse(status=HTTPStatus.OK)


def _body(request: HttpRequest) -> bytes:
    """Its length is looked at first: to read what Django refuses would let anybody write an error into the log."""
    if announced_length(request) > MAX_BYTES:
        raise SignatureInvalid("too large")
    return request.body
