from __future__ import annotations

from functools import partial
from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.views import View

from accounts.models import User
from common.uploads.serving import upload_response
from verification import policies, services


class EvidenceView(View):
    """A file beside the claim that it proves, for those who may look at everybody's cases."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, evidence: UUID) -> HttpResponseBase:
        user = cast("User", request.user)
        if not policies.may_view(user):
            raise PermissionDenied
        serve = partial(upload_response, request=request, inline=True)
        return services.evidence_open(actor=user, evidence_id=evidence, serve=serve)
