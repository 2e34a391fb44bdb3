"""The demo's landing pages, built from blocks as an editor would: what a first visit is like, and what visits cost."""

from __future__ import annotations

from typing import Any

from home.models import HomePage, LandingPage
from home.paths import HOME
from medconsult.demo import content
from medconsult.demo.content.shapes import Picture
from medconsult.demo.people import Cast
from medconsult.demo.pictures import image_of

SLUG, PRICES_SLUG = "first-visit", "prices"
TO_DOCTORS = {"label": "Find a doctor", "page": None, "address": "/doctors/"}
TO_PRICES = {"label": "All prices", "page": None, "address": "/prices/"}
# The visits that are offered most: of all of them the table would be too long to be read.
COMMON = (
    "The kinds of visit that are offered most. Some others cost less, and some first calls nothing: see All prices."
)
PAYING = (
    "<p>What each kind of visit costs, by specialty, as our doctors ask today. There is no booking fee and no "
    "membership. A price does not change once you have booked.</p><p>Read also "
    '<a href="/fees-and-cancellation/">when you pay and what cancelling costs</a>, and '
    '<a href="/change-or-cancel/">how to change or cancel a visit</a>.</p>'
)
STEPS = [
    (
        "Before you come",
        "Write down what troubles you and since when. Bring a list of what you take, and your letters.",
    ),
    ("At the door", "Give your name at reception, or press the bell of the level entrance. Come ten minutes early."),
    ("With your doctor", "You have the whole time that you booked. Bring somebody with you if you like."),
]
TEAM = [
    ("Maya Lindqvist", "Practice manager", "Keeps all four houses running, and answers every complaint herself."),
    ("Owen Price", "Reception, Bristol", "Answers the telephone from 8:30am and knows every bus."),
    ("Sunita Rao", "Practice nurse", "Takes blood so that you hardly notice, and tells you when the results come."),
]
HARBOUR = {
    "heading": "How to find us in Bristol",
    "streets": [
        {"name": "The harbour", "kind": "water", "squares": "A7 E7 L6"},
        {"name": "Wharf Road", "kind": "main", "squares": "A5 E5 L4"},
        {"name": "Rope Lane", "kind": "street", "squares": "F1 F5"},
        {"name": "", "kind": "path", "squares": "I4 I6"},
    ],
    "marks": [
        {"label": "Our house in Harbour Row", "kind": "clinic", "square": "H4"},
        {"label": "Level entrance from Rope Lane", "kind": "entrance", "square": "G3"},
        {"label": "Bus stop at the harbour, level", "kind": "bus", "square": "C5"},
        {"label": "Landing of the ferry, up a ramp", "kind": "place", "square": "I6"},
        {"label": "Car park at the wharf", "kind": "parking", "square": "K4"},
    ],
    "directions": "<p><b>From the bus stop</b> walk along Wharf Road with the water on your right, past Rope Lane. We "
    "are on the left, behind the green door.</p><p><b>Without steps</b>: turn left into Rope Lane. The level entrance "
    "is half way up, on the right; the bell says MedConsult.</p>",
}


def landing_pages(people: Cast) -> None:
    first_visit = LandingPage(
        title="Your first visit",
        slug=SLUG,
        search_description="What a first visit is like, when we are open, what it costs and how to find us in Bristol.",
        body=_first_visit(),
    )
    prices = LandingPage(
        title="Prices",
        slug=PRICES_SLUG,
        search_description="What a visit costs, by specialty: every kind of visit, how long it takes, and its price.",
        body=prices_body(),
    )
    for page in (first_visit, prices):
        if not LandingPage.objects.filter(slug=page.slug).exists():
            HomePage.objects.get(slug=HOME).add_child(instance=page).save_revision(user=people.admin).publish()


def prices_body() -> list[tuple[str, Any]]:
    """A table a specialty, each short enough to be whole."""
    tables = [("prices", _live(one.name, specialty=one.slug)) for one in content.SPECIALTIES]
    return [
        ("text", PAYING),
        *tables,
        ("call_to_action", {"heading": "See who is free", "text": "", "link": TO_DOCTORS}),
    ]


def _first_visit() -> list[tuple[str, Any]]:
    places = [_picture(place.picture) for place in content.LOCATIONS]
    steps = [{"title": title, "text": text} for title, text in STEPS]
    people = [{"name": name, "role": role, "image": None, "text": text} for name, role, text in TEAM]
    return [
        (
            "hero",
            {
                "title": "Your first visit",
                "text": "What happens, what it costs and how to find us. There is nothing to prepare unless you like.",
                "image": _picture(content.HOME.picture),
                "links": [("link", TO_DOCTORS), ("link", TO_PRICES)],
            },
        ),
        ("steps", {"heading": "What happens", "steps": steps}),
        ("doctor_cards", _live("Doctors who see new patients soon", specialty="", doctors=[], number=4)),
        ("prices", {**_live("What a visit costs", specialty=""), "introduction": COMMON}),
        ("opening_hours", _live("When we are open", location="")),
        ("map", HARBOUR),
        ("gallery", {"heading": "Our four houses", "pictures": [{"image": one, "caption": ""} for one in places]}),
        ("team", {"heading": "Whom else you will meet", "introduction": "", "people": people}),
        ("call_to_action", {"heading": "Ready when you are", "text": "", "link": TO_DOCTORS}),
    ]


def _live(heading: str, **fields: Any) -> dict[str, Any]:
    return {"heading": heading, "introduction": "", **fields}


def _picture(picture: Picture) -> Any:
    image = image_of(picture)
    image.contextual_alt_text, image.decorative = picture.alt, False
    return image
