"""Answers that are files (common.uploads.serving), and how one that is kept is described."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.negotiation import DefaultContentNegotiation

from common.drf.views import ApiView


class _OneKind(DefaultContentNegotiation):
    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class FileAnswer(ApiView):
    """A view that answers with a file, whatever `Accept` asks for: there is no other kind of it to choose from."""

    content_negotiation_class = _OneKind


LOCATION = OpenApiParameter(
    "Location",
    OpenApiTypes.URI,
    OpenApiParameter.HEADER,
    required=True,
    response=[302],
    description="Of the file in the installation's bucket, signed for a minute.",
)


def kept_file(*kinds: str) -> dict[Any, Any]:
    """Of these media types: the file itself, or where it lies in a bucket, which is for `LOCATION` to say."""
    return {**{(200, kind): OpenApiTypes.BINARY for kind in kinds}, 302: None}


# common.uploads.inspection says which are taken.
SENT_IN = kept_file("application/pdf", "image/jpeg", "image/png")
