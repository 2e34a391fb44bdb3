from __future__ import annotations

from django.utils.crypto import salted_hmac


def address_digest(address: str) -> str:
    """By which we know an address again without keeping it; however it is capitalised."""
    return salted_hmac("notifications.address", address.strip().lower(), algorithm="sha256").hexdigest()
