from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from wagtail.models import Page

pytestmark = pytest.mark.django_db


def script_sources(client: Client, path: str) -> list[str]:
    policy = client.get(path)["Content-Security-Policy"]
    (directive,) = [part for part in policy.split("; ") if part.startswith("script-src ")]
    return directive.split()[1:]


@pytest.mark.parametrize("path", ["/admin/", "/django-admin/login/", "/admin/no-such-page/"])
def test_the_admin_may_run_its_inline_scripts(client: Client, path: str) -> None:
    assert script_sources(client, path) == ["'self'", "'unsafe-inline'"]


@pytest.mark.parametrize("path", ["/", "/no-such-page/", "/account/login/", "/administration/", "/x/admin/"])
def test_every_other_page_keeps_the_strict_policy(client: Client, path: str) -> None:
    assert script_sources(client, path) == ["'self'"]


def test_the_relaxation_stays_with_its_own_answer(client: Client) -> None:
    """The list in the settings is shared by all answers, so a relaxed one must not leave its word in it."""
    script_sources(client, "/admin/")
    assert script_sources(client, "/no-such-page/") == ["'self'"]
    assert "'unsafe-inline'" not in str(settings.CONTENT_SECURITY_POLICY)


def test_only_scripts_are_relaxed(client: Client) -> None:
    strict, relaxed = (client.get(path)["Content-Security-Policy"] for path in ("/no-such-page/", "/admin/"))
    assert relaxed.replace(" 'unsafe-inline'", "") == strict


def test_the_page_editor_alone_may_write_style_elements(admin_client: Client) -> None:
    page = Page.objects.get(depth=2)
    policies = {
        name: admin_client.get(reverse(name, args=[page.pk]))["Content-Security-Policy"]
        for name in ("wagtailadmin_pages:edit", "wagtailadmin_pages:history", "wagtailadmin_pages:copy")
    }
    editor = policies.pop("wagtailadmin_pages:edit")
    assert "style-src-elem 'self' 'unsafe-inline'" in editor
    assert "style-src 'self';" in f"{editor};", "style attributes stay refused"
    for policy in policies.values():
        assert "style-src-elem" not in policy
