"""Every component has a sample in the gallery, every sample draws, and nothing that our policy forbids is drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django import forms
from django.template import engines
from django.test import Client
from django_cotton.compiler_regex import CottonCompiler

from booking.states import Status
from devtools.testing.markup import problems_of
from doctors.states import VerificationStatus
from medconsult import development
from medconsult.templatetags.ui import BADGES

UI = Path(__file__).resolve().parents[2] / "templates" / "ui"
PAGES = [
    *(f"/ui/{file.stem}/" for file in sorted((UI / "gallery").glob("*.html"))),
    *(f"/ui/screens/{file.stem}/" for file in sorted((UI / "screens").glob("*.html"))),
    *(f"/ui/errors/{status}/" for status in development.ERRORS),
]


def draw(source: str, **context: object) -> str:
    return engines["django"].from_string(CottonCompiler().process(source)).render(context)


class Form(forms.Form):
    email = forms.EmailField(help_text="For your confirmation.", widget=forms.EmailInput({"autocomplete": "email"}))
    modality = forms.ChoiceField(choices=[("video", "Video"), ("phone", "Phone")], widget=forms.RadioSelect)
    note = forms.CharField(required=False)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/ui/", *PAGES])
def test_every_sample_and_screen_draws_valid_html(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert problems_of(answer.content.decode()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_no_inline_script_style_or_handler(client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|<script(?![^>]*\ssrc=)|javascript:", page)


def test_every_component_has_a_sample_or_stands_in_a_screen() -> None:
    # The gallery draws the editors' blocks too.
    folders = (UI, UI.parent / "home" / "blocks")
    shown = "".join(file.read_text() for folder in folders for file in folder.rglob("*.html"))
    used = {name.replace("-", "_") for name in re.findall(r"<c-([a-z-]+)", shown)}
    assert {file.stem for file in (UI / "components").glob("*.html")} - used == set()


def test_unknown_sample_is_not_found(client: Client, db: None) -> None:
    assert client.get("/ui/no-such-thing/").status_code == 404
    assert client.get("/ui/portraits/no-such-person.webp").status_code == 404


def test_every_state_has_a_badge_with_a_word_and_an_icon_of_its_own() -> None:
    assert set(BADGES["appointment"]) == {*Status, "over", "lapsed", "given-up"}
    assert set(BADGES["verification"]) == set(VerificationStatus)
    for kind, looks in BADGES.items():
        assert len({look.label for look in looks.values()}) == len(looks), kind
        assert len({(look.icon, look.tone) for look in looks.values()}) == len(looks), kind


def test_badge_says_its_state() -> None:
    drawn = draw('<c-badge kind="appointment" status="noshow" />')
    assert "Did not attend" in drawn
    assert "<svg" in drawn


def test_field_ties_hint_and_error_to_its_control() -> None:
    drawn = draw('<c-form-field :field="field" />', field=Form({"email": "maya@"})["email"])
    described = re.search(r'<input[^>]*aria-describedby="([^"]+)"', drawn)
    assert described is not None
    assert all(f'id="{name}"' in drawn for name in described[1].split())
    assert 'value="maya@"' in drawn
    assert 'autocomplete="email"' in drawn
    assert 'aria-invalid="true"' in drawn


def test_choices_stand_in_a_fieldset_that_names_its_error() -> None:
    drawn = draw('<c-form-field :field="field" />', field=Form({})["modality"])
    assert "<fieldset" in drawn
    assert 'aria-describedby="id_modality_error"' in drawn
    assert drawn.count('type="radio"') == 2


def test_only_what_may_be_left_out_says_so() -> None:
    assert "(optional)" in draw('<c-form-field :field="field" />', field=Form()["note"])
    assert "(optional)" not in draw('<c-form-field :field="field" />', field=Form()["email"])


def test_error_summary_links_to_each_field_and_takes_focus() -> None:
    drawn = draw('<c-error-summary :form="form" />', form=Form({"email": "maya@"}))
    assert 'href="#id_email"' in drawn
    assert "data-focus" in drawn
    targets = re.findall(r'href="#([^"]+)"', drawn)
    fields = "".join(draw('<c-form-field :field="field" />', field=field) for field in Form({"email": "maya@"}))
    assert all(f'id="{target}"' in fields for target in targets)
    assert ">Enter a valid email address.</a>" in drawn, "the message says it all, so the label is not repeated"


def test_error_summary_of_a_good_form_is_nothing() -> None:
    good = Form({"email": "maya@example.org", "modality": "video"})
    assert draw('<c-error-summary :form="form" />', form=good).strip() == ""


def test_words_of_a_visitor_are_escaped() -> None:
    hostile = '"><script>alert(1)</script>'
    for source in (
        '<c-alert title="{{ words }}">{{ words }}</c-alert>',
        '<c-input name="name" label="{{ words }}" value="{{ words }}" />',
        '<c-button href="{{ words }}" data-words="{{ words }}">{{ words }}</c-button>',
        '<c-radio-card name="visit" :label="words" :value="words" />',
    ):
        assert "<script" not in draw(source, words=hostile)


def test_gallery_exists_only_in_development() -> None:
    assert {pattern.name for pattern in development.urlpatterns} == {
        "ui_error",
        "ui_gallery",
        "ui_gallery_sample",
        "ui_portrait",
        "ui_screen",
    }


def test_a_page_with_an_error_says_so_where_a_screen_reader_begins() -> None:
    """In its title; a part that a page includes has none."""
    drawn = {file: file.read_text() for file in UI.parent.rglob("*.html")}
    summary = re.compile("<c-error-summary|ui/partials/admin_problem.html")
    pages = {file: text for file, text in drawn.items() if summary.search(text) and "{% block title" in text}
    assert len(pages) > 50
    assert [file for file, text in pages.items() if "Problem: " not in text] == []
