from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate, post_save


def withdraw_rights(*, using: str, **_: Any) -> None:
    """Take back what a GRANT on all tables since the last `migrate` may have given: changing the audit log."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_proc WHERE proname = 'audit_withdraw_rights'")
        if cursor.fetchone():
            cursor.execute("SELECT audit_withdraw_rights()")


class AuditConfig(AppConfig):
    name = "audit"

    def ready(self) -> None:
        # Models can be imported only now that the registry of apps is filled.
        from wagtail.models import ModelLogEntry, PageLogEntry

        from audit import cms

        post_migrate.connect(withdraw_rights, sender=self)
        post_save.connect(cms.page_logged, sender=PageLogEntry)
        post_save.connect(cms.model_logged, sender=ModelLogEntry)
