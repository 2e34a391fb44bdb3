from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.mail import provider


@csrf_exempt
@never_cache
@require_POST
def mail_events(request: HttpRequest) -> HttpResponse:
    """What the mail provider tells of bounces and complaints; an address that nobody has where there is no provider."""
    answer = provider.receive(request)
    if answer is None:
        raise Http404
    return answer
