"""What editors and administrators change in the admin is in the audit log, without its content."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from wagtail.contrib.settings.models import BaseGenericSetting
from wagtail.contrib.settings.registry import registry as settings_registry
from wagtail.fields import StreamField
from wagtail.log_actions import log, registry
from wagtail.models import PageLogEntry, Site

from accounts.models import User
from accounts.tests.factories import UserFactory
from audit.actions import ACTIONS
from audit.cms import verb_of
from audit.models import Event
from home.models import HomePage, SiteSettings, StandardPage
from verification.models import VerificationSettings

pytestmark = pytest.mark.django_db

CANARY = "Canary Wharf"


@pytest.fixture
def editor() -> User:
    return User.objects.create_superuser(email="root@example.org", password="orchard lantern seagull")


@pytest.fixture
def desk(editor: User) -> Client:
    client = Client()
    client.force_login(editor)
    return client


@pytest.fixture
def page() -> StandardPage:
    return HomePage.objects.get().add_child(instance=StandardPage(title=CANARY, slug="canary", live=True))


def actions(kind: str = "page.") -> list[str]:
    return list(Event.objects.filter(action__startswith=kind).order_by("pk").values_list("action", flat=True))


def test_publishing_and_taking_down_and_deleting_are_told(desk: Client, editor: User, page: StandardPage) -> None:
    page.save_revision(user=editor, log_action=True).publish(user=editor)
    desk.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    desk.post(reverse("wagtailadmin_pages:delete", args=[page.pk]))
    assert actions() == ["page.created", "page.edited", "page.published", "page.unpublished", "page.deleted"]
    last = Event.objects.filter(action="page.deleted").get()
    assert (last.actor_id, last.object_type) == (editor.public_id, "home.standardpage")
    assert (last.object_id, last.patient_id) == (str(page.pk), None)
    assert last.request_id
    assert not Event.objects.filter(data__icontains=CANARY).exists()


def test_moving_is_told(desk: Client, page: StandardPage) -> None:
    other = HomePage.objects.get().add_child(instance=StandardPage(title="Other", slug="other"))
    desk.post(reverse("wagtailadmin_pages:move_confirm", args=[page.pk, other.pk]))
    assert "page.moved" in actions()


def test_settings_are_told(desk: Client) -> None:
    settings = SiteSettings.objects.first() or SiteSettings.for_site(HomePage.objects.get().get_site())
    log(settings, "wagtail.edit", user=UserFactory.create())
    event = Event.objects.get(action="settings.changed")
    assert (event.object_type, event.object_id) == ("home.sitesettings", str(settings.pk))


def test_settings_that_matter_for_safety_are_told_with_their_value() -> None:
    settings = VerificationSettings.load()
    settings.second_person = True
    settings.save()
    log(settings, "wagtail.edit", user=UserFactory.create())
    data = Event.objects.get(action="settings.changed").data
    assert (data["second_person"], data["target_days"]) == (True, 5)


def test_every_audited_setting_can_be_told() -> None:
    user, told = UserFactory.create(), 0
    for model in settings_registry:
        if not hasattr(model, "audited"):
            continue
        settings = model.load() if issubclass(model, BaseGenericSetting) else model.for_site(Site.objects.get())
        log(settings, "wagtail.edit", user=user)
        data = Event.objects.get(action="settings.changed", object_type=model._meta.label_lower).data
        assert {*model.audited} <= {*data}
        told += 1
    assert told >= 3


def test_every_setting_can_be_saved_as_it_is_shown(desk: Client) -> None:
    for model in settings_registry:
        edit = desk.get(reverse("wagtailsettings:edit", args=[model._meta.app_label, model._meta.model_name]))
        shown = desk.get(edit["Location"]) if edit.status_code == 302 else edit
        values = {field.html_name: field.value() for field in shown.context["form"]}
        sent = {name: value for name, value in values.items() if value not in (None, False)}
        # Which scripts draw.
        blocks = {f"{field.name}-count": "0" for field in model._meta.get_fields() if isinstance(field, StreamField)}
        answer = desk.post(shown.request["PATH_INFO"], {**sent, **blocks})
        assert answer.status_code == 302, model
    assert len(settings_registry) >= 6


def test_what_has_a_public_id_is_named_by_it() -> None:
    person = UserFactory.create()
    log(person, "wagtail.edit", user=None)
    assert Event.objects.get(action="content.edited").object_id == str(person.public_id)


def test_the_event_goes_with_the_entry_that_it_tells_of(page: StandardPage) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        log(page, "wagtail.publish", user=None)
        raise ZeroDivisionError
    assert not PageLogEntry.objects.filter(action="wagtail.publish").exists()
    assert "page.published" not in actions()


def test_where_the_event_cannot_be_written_nothing_is_logged(
    page: StandardPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("audit.cms.event_record", refuse)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        log(page, "wagtail.publish", user=None)
    assert not PageLogEntry.objects.filter(action="wagtail.publish").exists()


def test_everything_that_wagtail_logs_has_words_here() -> None:
    assert [action for action, _ in registry.get_choices() if f"page.{verb_of(action)}" not in ACTIONS] == []


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("wagtail.publish", "published"),
        ("wagtail.publish.schedule", "scheduled"),
        ("wagtail.publish.scheduled", "published"),
        ("wagtail.unpublish.scheduled", "unpublished"),
        ("wagtail.schedule.cancel", "scheduled"),
        ("wagtail.create", "created"),
        ("wagtail.create_alias", "changed"),
        ("wagtail.comments.create", "changed"),
        ("wagtail.workflow.approve", "moderated"),
        ("wagtail.view_restriction.edit", "access_changed"),
    ],
)
def test_wagtails_words_become_ours(theirs: str, ours: str) -> None:
    assert verb_of(theirs) == ours
