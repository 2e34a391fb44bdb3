"""Some of the demo's pages in Welsh, so that there is something to choose where a page names its languages."""

from __future__ import annotations

from typing import Any

from wagtail.models import Locale, Page

from home.models import HomePage, StandardPage
from home.paths import HOME
from medconsult.demo import content, pages
from medconsult.demo.people import Cast

WELSH = "cy"


def welsh_pages(people: Cast) -> None:
    locale, _ = Locale.objects.get_or_create(language_code=WELSH)
    home = HomePage.objects.get(slug=HOME)
    english = {page.slug: page for page in StandardPage.objects.child_of(home).filter(slug__in=content.WELSH_PAGES)}
    if not home.has_translation(locale):
        _publish(home, locale, people, _home(english["about-us"], english["fees-and-cancellation"]))
    for slug, sample in content.WELSH_PAGES.items():
        if not english[slug].has_translation(locale):
            _publish(english[slug], locale, people, pages.words_of(sample))


def _publish(page: Page, locale: Locale, people: Cast, words: dict[str, Any]) -> None:
    copy = page.copy_for_translation(locale)
    for name, value in words.items():
        setattr(copy, name, value)
    copy.save_revision(user=people.admin).publish()


def _home(about: Page, fees: Page) -> dict[str, Any]:
    words = pages.words_of_home(
        content.WELSH_HOME,
        specialties={"heading": "Sut gallwn ni helpu?", "introduction": ""},
        doctors={"heading": "Ar gael yn fuan", "introduction": ""},
        locations={"heading": "Ble rydym ni", "introduction": ""},
    )
    # To the English pages, as an editor chooses them: readers of Welsh are led to the translations.
    ways = [
        ("Amdanom ni", "Pwy ydym ni a sut rydym yn gwirio meddygon.", "Rhagor amdanom ni", about),
        ("Ffioedd a chanslo", "Beth mae ymweliad yn ei gostio, a sut i ganslo.", "Rhagor am ffioedd", fees),
    ]
    cards = [
        {"title": title, "text": text, "link": [("link", {"label": label, "page": page, "address": ""})]}
        for title, text, label, page in ways
    ]
    words["body"].append(("cards", {"heading": "Mwy o wybodaeth", "cards": cards}))
    return words
