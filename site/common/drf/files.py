"""How an answer that is a kept file is described (common.uploads.serving)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

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
