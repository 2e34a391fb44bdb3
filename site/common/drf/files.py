"""What an answer that is one of people's files may be (common.uploads.inspection says which are taken)."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes

FILE_ANSWERS = {(200, kind): OpenApiTypes.BINARY for kind in ("application/pdf", "image/jpeg", "image/png")}
