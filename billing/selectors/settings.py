from __future__ import annotations

from billing.models import BillingSettings


def billing_settings() -> BillingSettings:
    """What this installation decides about money: its default site's row, or the defaults where none was saved."""
    return BillingSettings.objects.filter(site__is_default_site=True).first() or BillingSettings()
