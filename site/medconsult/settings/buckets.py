"""Where files lie that lie in no folder, by PRIVATE_S3_… and MEDIA_S3_…: options of `integrations.bucket`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from environs import Env, EnvError


def bucket(env: Env, prefix: str) -> dict[str, Any]:
    """Without keys of its own the machine's role is asked, as Amazon's library does."""
    name: str = env.str(f"{prefix}_BUCKET", "")
    if not name:
        return {}
    options = {
        "bucket_name": name,
        "endpoint_url": env.str(f"{prefix}_ENDPOINT", "") or None,
        "region_name": env.str(f"{prefix}_REGION", "") or None,
        "access_key": env.str(f"{prefix}_ACCESS_KEY", "") or None,
        "secret_key": env.str(f"{prefix}_SECRET_KEY", "") or None,
    }
    if (options["access_key"] is None) != (options["secret_key"] is None):
        raise EnvError(f"{prefix}_ACCESS_KEY and {prefix}_SECRET_KEY come together or not at all")
    return options


def media_bucket(env: Env) -> dict[str, Any]:
    """With the address that everybody reads it by."""
    options = bucket(env, "MEDIA_S3")
    if not options:
        return {}
    address: str = env.str("MEDIA_S3_URL", "").rstrip("/")
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.hostname or parts.query:
        raise EnvError("MEDIA_S3_URL is not https://…, and MEDIA_S3_BUCKET is set")
    return {**options, "public_url": address}
