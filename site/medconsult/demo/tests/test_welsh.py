from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.tests.factories import UserFactory
from home.models import HomePage, StandardPage
from home.tests.factories import below_home
from medconsult.demo import content, welsh

pytestmark = pytest.mark.django_db


def test_some_of_the_demos_pages_are_in_welsh_and_lead_to_each_other() -> None:
    # The others of the cast take seconds, for their passwords.
    admin: Any = SimpleNamespace(admin=UserFactory.create())
    for slug in content.WELSH_PAGES:
        below_home(StandardPage(title=slug, slug=slug))
    welsh.welsh_pages(admin)
    welsh.welsh_pages(admin)

    shown = Client().get("/cy/").content.decode()

    assert HomePage.objects.count() == 2
    assert '<html lang="cy"' in shown
    for address in ("/cy/amdanom-ni/", "/cy/ffioedd-a-chanslo/"):
        assert f'href="{address}"' in shown
        assert Client().get(address).status_code == 200
    assert 'href="/cy/amdanom-ni/" rel="alternate" hreflang="cy"' in Client().get("/about-us/").content.decode()
