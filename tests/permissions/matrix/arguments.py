"""What goes into the places of a route's pattern: ids of the world's things, in every variant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from wagtail.contrib.redirects.models import Redirect
from wagtail.contrib.search_promotions.models import Query
from wagtail.models import Page, Site

from accounts.models import ConsentQuestion
from common import clock
from doctors.models import SearchWord
from home.models import Enquiry, SiteSettings
from home.sharing import picture_path
from notifications.kinds import Kind
from notifications.models import MessageWording
from notifications.states import MessageStatus
from notifications.tests.factories import MessageFactory
from records.models import Drug
from tests.permissions.matrix.people import Who
from tests.permissions.matrix.routes import Route
from tests.permissions.matrix.twins import pages_of
from tests.permissions.matrix.world import MISSING, MISSING_NUMBER, World

GONE = "missing"
# It exists, and is to look to everybody as if it did not.
HIDDEN = "hidden"

# Which kind of thing a place of a pattern names: by "route: place", else by the place alone.
KINDS = {
    "appointment_id": "visit",
    "booking:unshare:share_id": "share",
    "share_id": "offer",
    "carer_id": "carer",
    "accounts:caring_leave:carer_id": "caring",
    "accounts:caring_accept:carer_id": "asked",
    "accounts:caring_decline:carer_id": "asked",
    "consent_id": "consent",
    "notice_id": "notice",
    "cancelling_id": "cancelling",
    "rule_id": "rule",
    "leave_id": "leave",
    "extra_id": "extra",
    "billing_receipt:receipt_id": "any_receipt",
    "receipt_id": "receipt",
    "payment_id": "payment",
    "billing_complaint:complaint_id": "any_complaint",
    "complaint_id": "complaint",
    "note_id": "note",
    "records:share_part:object_id": "note",
    "records:unshare:share_id": "record_share",
    "patient_id": "patient",
    **{f"records:patient_document{page}:patient_id": "record" for page in ("s", "_add", "s_sent")},
    **{f"records:document{page}:document_id": "document" for page in ("", "_file", "_preview", "_replace", "_error")},
    "glass_id": "glass",
    "export_id": "export",
    "prescription_id": "prescription",
    "allergy_id": "allergy",
    "public_id": "session",
    "token_id": "api_token",
    "evidence_id": "own_file",
    "verification:evidence:evidence": "file",
    "verification:start:doctor": "doctor",
    "item": "item",
    "location_slug": "place",
    "doctor_slug": "listed",
    "slug": "listed",
    "doctor_id": "doctor",
    "proposal_id": "proposal",
    "patient": "patient",
    "booking:feed_make:kind": "feed_kind",
    "booking:feed_revoke:kind": "feed_kind",
    "booking:feed:token": "feed",
    "accounts:stop:token": "stop",
}
# Kinds of things whose names are words of the language: pages have them of their own accord.
PLAIN_WORDS = frozenset({"feed_kind"})
# A place in what is sent instead of the address.
IN_THE_BODY = {"api_appointments": ("patient",)}

# Places in which any word does that the route knows.
WORDS = {
    "records:kind": "note",
    "wagtailadmin_pages:action_name": "approve",
    "wagtailadmin_pages:app_label": "home",
    "wagtailadmin_pages:model_name": "standardpage",
    "wagtailsettings:app_name": "booking",
    "wagtailsettings:model_name": "bookingsettings",
    "wagtail_bulk_action:app_label": "accounts",
    "wagtail_bulk_action:model_name": "user",
    "wagtail_bulk_action:action": "delete",
    "admin:app_label": "wagtailimages",
    "wagtailadmin_editing_sessions:app_label": "doctors",
    "wagtailadmin_editing_sessions:model_name": "doctorpage",
    "revision_id_a": "earliest",
    "revision_id_b": "latest",
    "content_type_app_name": "home",
    "content_type_model_name": "standardpage",
    "app_label": "home",
    "model_name": "standardpage",
    "app_name": "home",
    "action": "delete",
    "action_name": "publish",
    "filter_spec": "width-100",
    "guide": "patient",
    "kind": "indemnity",
    "name": "button",
    "ui_error:status": "404",
    "section": "pages",
    "slug": "button",
    "page_path": "doctors/",
    "path": "nothing.png",
    "provider": "nhs-login",
    "rest": "confirm/",
    "url": "no-such-page",
    "filename": "nothing.pdf",
    "token": "nothing",
    "uidb64": "MQ",
    "why": "records",
}
# Places for the number of something of which the world has one, or of which the route asks who may come before which.
FIRST_ROWS = (
    "collection_id",
    "doc_id",
    "document_id",
    "image_id",
    "instance_pk",
    "number",
    "object_id",
    "page_view_restriction_id",
    "pk",
    "restriction_id",
    "revision_id",
    "session_id",
    "task_id",
    "task_state_id",
    "uploaded_file_id",
    "workflow_pk",
    "workflow_state_id",
)
# Places for the number of a page.
PAGES = (
    "destination_id",
    "page_id",
    "page_pk",
    "page_to_move_id",
    "parent_page_id",
    "wagtailadmin_editing_sessions:object_id",
    "wagtailadmin_pages:pk",
)


@dataclass(frozen=True)
class Case:
    """One address of a route. `parts` are the things that it names, as (kind, variant)."""

    path: str
    parts: tuple[tuple[str, str], ...]
    ids: tuple[str, ...]
    body: tuple[tuple[str, str], ...] = ()

    @property
    def is_of_nothing(self) -> bool:
        return any(variant in (GONE, HIDDEN) for _, variant in self.parts)

    @property
    def is_plainly_nothing(self) -> bool:
        return all(variant == GONE for _, variant in self.parts)

    @property
    def is_mixed(self) -> bool:
        """Whether it names a thing of one and a thing of another's as if they belonged together."""
        return len({variant for _, variant in self.parts}) > 1

    def relations(self, world: World, who: Who) -> set[str]:
        return {world.things[kind].relation(variant, who) for kind, variant in self.parts}

    def __str__(self) -> str:
        return ", ".join(f"{kind} {variant}" for kind, variant in self.parts) or "-"


def kind_of(route: Route, place: str) -> str | None:
    if place == "pk" and route.key.startswith("verification:"):
        return "case"
    if route.key in ("ui_gallery_sample", "wagtailadmin_tag_model_autocomplete"):
        return None
    named = (f"{key}:{place}" for key in (route.key, *pages_of(route.key)))
    return next((KINDS[name] for name in named if name in KINDS), None) or KINDS.get(place)


class Arguments:
    def __init__(self, world: World) -> None:
        self.world = world
        self.fixed = _fixed(world)

    def unknown(self, route: Route) -> list[str]:
        """The places of a route for which there is nothing to put in."""
        return [place for place in route.parameters if not kind_of(route, place) and self._value(route, place) is None]

    def cases(self, route: Route) -> Iterator[Case]:
        """Every variant of the things that the address names; of two things also one of A's with one of another's."""
        kinds = {place: kind for place in route.parameters if (kind := kind_of(route, place))}
        kinds |= {place: place for place in IN_THE_BODY.get(route.key, ())}
        fixed = {place: self._value(route, place) or MISSING_NUMBER for place in route.parameters if place not in kinds}
        places = list(kinds)
        variants = [[*self.world.things[kinds[place]].ids, GONE] for place in places]
        for chosen in product(*variants):
            if len(set(chosen)) > 1 and chosen[0] != "a":
                continue
            ids = {place: self._id(kinds[place], variant) for place, variant in zip(places, chosen, strict=True)}
            yield Case(
                path=route.path({**fixed, **ids}),
                parts=tuple((kinds[place], variant) for place, variant in zip(places, chosen, strict=True)),
                ids=tuple(one for place, one in ids.items() if kinds[place] not in PLAIN_WORDS),
                body=tuple((place, ids[place]) for place in IN_THE_BODY.get(route.key, ())),
            )

    def _id(self, kind: str, variant: str) -> str:
        ids = self.world.things[kind].ids
        is_word = "-" not in next(iter(ids.values())) or kind in ("place", "listed")
        return ids.get(variant) or ("no-such-one" if is_word else MISSING)

    def _value(self, route: Route, place: str) -> str | None:
        spaces = [key.rpartition(":")[0] or key for key in (route.key, *pages_of(route.key))]
        own = next((self.fixed[name] for space in spaces if (name := f"{space}:{place}") in self.fixed), None)
        return own or self.fixed.get(place)


def _fixed(world: World) -> dict[str, str]:
    """Of things that have no owner one that exists, so that a refusal is never only "not found"."""
    front = Page.objects.get(depth=2)
    page = str(front.pk)
    return {
        **WORDS,
        **dict.fromkeys(FIRST_ROWS, "1"),
        **dict.fromkeys(PAGES, page),
        "shared_picture:version": Path(picture_path(front, SiteSettings.for_site(Site.objects.get()))).stem,
        "doctors:pk": str(world.doctor_a.pk),
        "location:pk": str(world.place_a.pk),
        "clinic_closures:pk": str(world.place_a.pk),
        "consentquestion:pk": str(ConsentQuestion.objects.get_or_create(code="matrix", is_active=False)[0].pk),
        "drug:pk": str(Drug.objects.get(name="Amoxicillin").pk),
        **_wording(),
        "redirect_id": str(Redirect.objects.get_or_create(old_path="/matrix", redirect_link="/")[0].pk),
        "query_id": str(Query.objects.get_or_create(query_string="matrix")[0].pk),
        "searchword:pk": str(SearchWord.objects.get_or_create(word="heart")[0].pk),
        "enquiry:enquiry_id": str(_enquiry().public_id),
        "operations_retry:message_id": str(MessageFactory(status=MessageStatus.FAILED).public_id),
        "operations_lay_aside:message_id": str(MessageFactory(status=MessageStatus.FAILED).public_id),
        "note_sections_edit:pk": str(world.doctor_a.specialties.get().pk),
        "specialty:pk": str(world.doctor_a.specialties.get().pk),
        "wagtailusers_users:pk": str(world.people[Who.PATIENT_A].pk),
        "wagtailusers_groups:pk": str(world.people[Who.OFFICER].groups.get().pk),
        "admin:content_type_id": str(ContentType.objects.get_for_model(type(world.visit_a)).pk),
        "admin:object_id": str(world.visit_a.pk),
    }


def _wording() -> dict[str, str]:
    wording = MessageWording.objects.get(kind=Kind.APPOINTMENT_BOOKED)
    revision = wording.latest_revision or wording.save_revision()
    space = "wagtailsnippets_notifications_messagewording"
    return {f"{space}:pk": str(wording.pk), f"{space}:revision_id": str(revision.pk)}


def _enquiry() -> Enquiry:
    known = Enquiry.objects.first()
    return known or Enquiry.objects.create(received_at=clock.now(), answers='[["Message", "Hello"]]')
