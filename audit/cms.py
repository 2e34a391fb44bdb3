"""What editors do, as Wagtail logs it: each of its log entries is an event of ours too, without any content.

Wagtail writes an entry for whatever its admin, its actions and its scheduled work change, in the transaction of the
change where there is one. The event follows in the same; where it cannot be written, the change fails with it.
"""

from __future__ import annotations

from datetime import time
from typing import Any

from django.db.models import Model
from wagtail.contrib.settings.models import BaseGenericSetting, BaseSiteSetting
from wagtail.models import ModelLogEntry, PageLogEntry
from wagtail.models.audit_log import BaseLogEntry

from audit.services import Subject, event_record
from common.models import PublicIdModel

# By the first words of Wagtail's action that fit; comments and the like change no page that people read.
_PAGE_VERBS = {
    "wagtail.create": "created",
    "wagtail.edit": "edited",
    "wagtail.rename": "edited",
    "wagtail.revert": "edited",
    "wagtail.publish.schedule": "scheduled",
    "wagtail.schedule": "scheduled",
    "wagtail.publish": "published",
    "wagtail.unpublish": "unpublished",
    "wagtail.delete": "deleted",
    "wagtail.move": "moved",
    "wagtail.reorder": "moved",
    "wagtail.copy": "copied",
    "wagtail.workflow": "moderated",
    "wagtail.moderation": "moderated",
    "wagtail.lock": "locked",
    "wagtail.unlock": "locked",
    "wagtail.view_restriction": "access_changed",
}
_CONTENT_VERBS = ("created", "edited", "published", "unpublished", "deleted")
# Published because its time has come: no plan is changed.
_BY_PLAN = {"wagtail.publish.scheduled": "published", "wagtail.unpublish.scheduled": "unpublished"}


def verb_of(action: str) -> str:
    """What Wagtail's action is called here: "changed" for what has no word of its own."""
    fitting = (verb for start, verb in _PAGE_VERBS.items() if action == start or action.startswith(f"{start}."))
    return _BY_PLAN.get(action) or next(fitting, "changed")


def page_logged(*, instance: PageLogEntry, created: bool, raw: bool = False, **_: Any) -> None:
    """Receives `post_save` of Wagtail's log of pages."""
    if created and not raw:
        _record(f"page.{verb_of(instance.action)}", instance, str(instance.page_id))


def model_logged(*, instance: ModelLogEntry, created: bool, raw: bool = False, **_: Any) -> None:
    """Receives `post_save` of Wagtail's log of everything else: settings, pictures, accounts."""
    if not created or raw:
        return
    model, values = _model_of(instance), {}
    if model and issubclass(model, BaseSiteSetting | BaseGenericSetting):
        action, values = "settings.changed", _values(model, instance.object_id)
    else:
        verb = verb_of(instance.action)
        action = f"content.{verb if verb in _CONTENT_VERBS else 'changed'}"
    _record(action, instance, _public_id(model, instance.object_id), **values)


def _values(model: type[Model], key: str) -> dict[str, Any]:
    """Of settings that say which of them the log keeps (`audited`), what they are now."""
    names = getattr(model, "audited", ())
    found = model._default_manager.filter(pk=key).values(*names).first() or {} if names else {}
    return {name: f"{value:%H:%M}" if isinstance(value, time) else value for name, value in found.items()}


def _record(action: str, entry: BaseLogEntry, object_id: str, **values: Any) -> None:
    model = _model_of(entry)
    object_type = model._meta.label_lower if model else "gone"
    event_record(action, Subject(object_type, object_id), actor=entry.user, wagtail=entry.action, **values)


def _model_of(entry: BaseLogEntry) -> type[Model] | None:
    return entry.content_type.model_class() if entry.content_type else None


def _public_id(model: type[Model] | None, key: str) -> str:
    """The id that the object's other events name it by; the primary key where it has no other or is gone."""
    if model is None or not issubclass(model, PublicIdModel):
        return key
    found = model._default_manager.filter(pk=key).values_list("public_id", flat=True).first()
    return str(found or key)
