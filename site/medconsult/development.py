"""Pages that exist only where `DEVELOPMENT_PAGES` is set: the living gallery of components and screens."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

from django import forms
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from common.charts import Chart, Series, stacked
from common.pictures import sample_image
from home.blocks import samples
from medconsult.settings.base import REPOSITORY

UI = REPOSITORY / "templates" / "ui"


class Sample(NamedTuple):
    name: str
    title: str
    template: str


PORTRAITS = REPOSITORY / "site" / "medconsult" / "demo" / "content" / "portraits"
PEOPLE = [
    {
        "name": name,
        "specialty": specialty,
        "languages": languages,
        "places": places,
        "src": f"/ui/portraits/{portrait}.webp",
        "times": [{"href": "/ui/screens/times/", "label": label} for label in times],
    }
    for portrait, name, specialty, languages, places, times in (
        (
            "amara-okafor",
            "Dr Amara Okafor",
            "Dermatology",
            "English, Igbo",
            "Clifton and video",
            ["Today, 4:20pm", "Tomorrow, 9:00am"],
        ),
        (
            "tomasz-nowak",
            "Dr Tomasz Nowak",
            "General practice",
            "English, Polish",
            "Southville",
            ["Today, 5:10pm", "Today, 5:40pm"],
        ),
        ("priya-raman", "Dr Priya Raman", "Paediatrics", "English, Tamil", "Clifton", ["Tomorrow, 8:30am"]),
        ("rhys-morgan", "Dr Rhys Morgan", "Cardiology", "English, Welsh", "Redland and video", ["Friday, 11:00am"]),
    )
]
MORNING = {"label": "Morning", "times": ["9:00am", "9:30am", "10:20am", "11:00am"]}
AFTERNOON = {"label": "Afternoon", "times": ["2:00pm", "2:30pm", "4:10pm"]}
EVENING = {"label": "Evening", "times": ["6:30pm"]}
DAYS = [
    {
        "id": f"day-{number}",
        "number": number,
        "weekday": weekday[:3],
        "label": f"{weekday} {number} March",
        "count": sum(len(group["times"]) for group in groups),
        "groups": groups,
    }
    for number, weekday, groups in (
        (1, "Monday", []),
        (2, "Tuesday", [MORNING, AFTERNOON]),
        (3, "Wednesday", [AFTERNOON, EVENING]),
        (4, "Thursday", [MORNING]),
        (5, "Friday", [AFTERNOON]),
        (6, "Saturday", [EVENING]),
        (7, "Sunday", []),
    )
]


ERRORS = (400, 403, 404, 429, 500, 503)
SIGNED_IN_SCREENS = {"my_appointments", "my_day"}
SIGNED_IN = SimpleNamespace(is_authenticated=True, patient=True, doctor=True)


class SampleForm(forms.Form):
    """One field of every kind, for looking at; nothing is saved."""

    name = forms.CharField(label="Full name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label="Email address",
        help_text="We send your confirmation here.",
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = forms.CharField(
        label="Password",
        help_text="At least 12 characters.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    birth_date = forms.DateField(
        label="Date of birth", widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"})
    )
    time = forms.TimeField(label="From", widget=forms.TimeInput(attrs={"type": "time"}))
    interest = forms.ChoiceField(
        label="Specialty", choices=[("", "Any specialty"), ("gp", "General practice"), ("skin", "Dermatology")]
    )
    reason = forms.CharField(label="Reason for your visit", required=False, widget=forms.Textarea(attrs={"rows": 4}))
    modality = forms.ChoiceField(
        label="How would you like to meet?",
        choices=[("in_person", "In person"), ("video", "Video"), ("phone", "Phone")],
        widget=forms.RadioSelect,
    )
    languages = forms.MultipleChoiceField(
        label="Languages",
        required=False,
        choices=[("en", "English"), ("pl", "Polish"), ("ur", "Urdu")],
        widget=forms.CheckboxSelectMultiple,
    )
    photo = forms.FileField(label="Photo", required=False, help_text="JPEG or PNG, up to 20 MB.")
    consent = forms.BooleanField(label="I have read how my information is used")


def _samples(folder: str) -> list[Sample]:
    return [
        Sample(file.stem, file.stem.replace("_", " ").capitalize(), f"ui/{folder}/{file.name}")
        for file in sorted(Path(UI / folder).glob("*.html"))
    ]


def _find(folder: str, name: str) -> Sample:
    for sample in _samples(folder):
        if sample.name == name:
            return sample
    raise Http404


def _charts() -> dict[str, Chart]:
    monday = date(2026, 3, 2)
    hours = (Series("Booked hours"), Series("Free hours"))
    visits = (Series("Took place"), Series("Did not attend"), Series("Cancelled"))
    week = {monday + timedelta(days=at): (booked, 7 - booked) for at, booked in enumerate((6, 4.5, 7, 2, 3.5))}
    month = {monday + timedelta(weeks=at): column for at, column in enumerate(((18, 1, 2), (21, 0, 1), (16, 2, 3)))}
    return {
        "week": stacked(week, hours, heading="Day", step=44, named=lambda day: f"{day:%a}", named_every=1),
        "month": stacked(month, visits, heading="Week of", step=58, named_every=1),
    }


def _context() -> dict[str, object]:
    return {
        "form": SampleForm(auto_id="empty_%s"),
        "people": PEOPLE,
        "days": DAYS,
        "picture": sample_image(),
        "charts": _charts(),
        "blocks": samples(),
        "invalid_form": SampleForm({"name": "Maya Okafor", "email": "maya@", "languages": ["en"]}),
    }


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "ui/gallery.html",
        {"samples": _samples("gallery"), "screens": _samples("screens"), "errors": ERRORS, **_context()},
    )


@require_safe
def gallery_sample(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "ui/gallery_sample.html", {"sample": _find("gallery", name), **_context()})


@require_safe
def screen(request: HttpRequest, name: str) -> HttpResponse:
    return render(
        request,
        _find("screens", name).template,
        {**_context(), "user": SIGNED_IN} if name in SIGNED_IN_SCREENS else _context(),
    )


@require_safe
def error_page(request: HttpRequest, status: int) -> HttpResponse:
    """The page of an error as people would meet it, with nothing broken."""
    if status not in ERRORS:
        raise Http404
    return render(request, f"{status}.html")


@require_safe
def portrait(_request: HttpRequest, name: str) -> FileResponse:
    file = PORTRAITS / f"{name}.webp"
    if not file.is_file():
        raise Http404
    return FileResponse(file.open("rb"))


urlpatterns: list[URLPattern] = [
    path("", gallery, name="ui_gallery"),
    path("portraits/<slug:name>.webp", portrait, name="ui_portrait"),
    path("screens/<slug:name>/", screen, name="ui_screen"),
    path("errors/<int:status>/", error_page, name="ui_error"),
    path("<slug:name>/", gallery_sample, name="ui_gallery_sample"),
]
