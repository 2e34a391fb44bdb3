"""A draft may lack everything that its blocks ask for: it is saved, by hand and by itself, and it can be looked at."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from wagtail import blocks
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from accounts.roles import Role
from accounts.tests.factories import UserFactory
from doctors.tests.factories import DoctorPageFactory, SpecialtyFactory
from home.blocks import LANDING_BLOCKS, LinkBlock
from home.blocks.clinic import DoctorCardsBlock
from home.models import FaqPage, HomePage, LandingPage, StandardPage
from home.models.articles import ArticlePage
from home.tests.factories import article, below_home

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk() -> Client:
    client = Client()
    user = UserFactory.create(roles=[Role.CONTENT_EDITOR])
    client.force_login(user, backend="accounts.backends.AccountBackend")
    return client


def untouched(block: Any) -> Any:
    """What the editor's form sends of a block in which nothing was typed: each list and stream with one empty item."""
    if isinstance(block, ImageBlock):
        return {"image": "", "alt_text": ""}
    if isinstance(block, blocks.StructBlock):
        return {name: untouched(child) for name, child in block.child_blocks.items()}
    if isinstance(block, blocks.ListBlock):
        return streamfield([("item", untouched(block.child_block))])
    if isinstance(block, blocks.StreamBlock):
        return streamfield([(name, untouched(child)) for name, child in block.child_blocks.items()])
    return rich_text("") if isinstance(block, blocks.RichTextBlock) else ""


def form_of(page: Page, **fields: Any) -> dict[str, Any]:
    text = {"title": page.title, "slug": page.slug, "introduction": "", "comments": inline_formset([])}
    return nested_form_data({**text, **fields})


def streams() -> list[tuple[str, dict[str, Any]]]:
    """Pages with all the blocks that they take, each of them untouched."""
    faq, sources = FaqPage._meta.get_field("groups"), ArticlePage._meta.get_field("sources")
    landing, home = (model._meta.get_field("body").stream_block for model in (LandingPage, HomePage))
    return [
        ("landing", {"body": untouched(landing)}),
        ("home", {"body": untouched(home)}),
        ("faq", {"groups": untouched(faq.stream_block)}),
        ("article", {"sources": untouched(sources.stream_block)}),
    ]


def page_for(name: str) -> tuple[Page, dict[str, Any]]:
    """A page to write on, with what its form wants besides its blocks."""
    if name == "home":
        return HomePage.objects.get(), {"hero_title": "Hello", "hero_text": "Come in.", "hero_image": ""}
    if name == "faq":
        return below_home(FaqPage(title="Questions")), {}
    if name == "article":
        return article(), {"body": streamfield([])}
    return below_home(LandingPage(title="A page")), {}


@pytest.mark.parametrize(("name", "body"), streams(), ids=[name for name, _ in streams()])
def test_a_draft_whose_blocks_are_all_empty_is_saved_and_looked_at(
    name: str, body: dict[str, Any], desk: Client
) -> None:
    page, fields = page_for(name)
    data = form_of(page, **fields, **body)
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    before = page.revisions.count()

    by_hand = desk.post(edit, data)
    assert by_hand.status_code == 302, by_hand.context["form"].errors
    by_itself = desk.post(edit, data, headers={"accept": "application/json"})
    assert by_itself.json()["success"], by_itself.json()
    assert page.revisions.count() == before + 2

    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[page.pk])
    assert desk.post(preview, data).json() == {"is_valid": True, "is_available": True}
    assert desk.get(preview).status_code == 200
    assert desk.get(edit).status_code == 200


def test_a_new_page_is_begun_with_all_blocks_empty_at_once_and_not_published_so(desk: Client) -> None:
    add = reverse("wagtailadmin_pages:add", args=["home", "landingpage", HomePage.objects.get().pk])
    body = streamfield([(name, untouched(block)) for name, block in LANDING_BLOCKS])
    data = form_of(StandardPage(title="New", slug="new"), body=body)

    refused = desk.post(add, {**data, "action-publish": "1"})
    assert set(refused.context["form"].errors) == {"body"}
    assert desk.post(add, data).status_code == 302
    assert not LandingPage.objects.get().live


def test_what_a_draft_does_say_is_still_checked() -> None:
    link = LinkBlock()
    both = link.to_python({"label": "Go", "page": HomePage.objects.get().pk, "address": "/doctors/"})
    with pytest.raises(ValidationError):
        link.clean_deferred(both)
    with pytest.raises(ValidationError):
        link.clean(link.to_python({"label": "Go", "page": None, "address": ""}))

    cards = DoctorCardsBlock()
    skin = SpecialtyFactory.create()
    live = {"heading": "Skin", "introduction": "", "specialty": skin.slug, "number": 4}
    cards.clean_deferred(cards.to_python({**live, "doctors": [None]}))
    with pytest.raises(ValidationError):
        cards.clean_deferred(cards.to_python({**live, "doctors": [DoctorPageFactory.create().pk]}))
