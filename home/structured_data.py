"""What search engines are told, as schema.org's types in JSON-LD: plain data, one function a type.

Nothing is told that the page does not show. Empty facts are left out, for an empty string is a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from doctors.models import Doctor, Location, Specialty

Facts = dict[str, Any]
LANGUAGE = "en-GB"
# Schema.org counts days by name (https://schema.org/DayOfWeek).
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def absolute(path: str) -> str:
    """The whole address of a path on this site, or of a file that is kept elsewhere; "" for none."""
    return f"{settings.BASE_URL}{path}" if path.startswith("/") else path


def website(*, name: str, search_path: str) -> Facts:
    """The site, with the search that a search engine may offer by itself."""
    search = {
        "@type": "SearchAction",
        "target": {"@type": "EntryPoint", "urlTemplate": f"{absolute(search_path)}?q={{search_term_string}}"},
        "query-input": "required name=search_term_string",
    }
    return {
        "@type": "WebSite",
        "name": name,
        "url": absolute("/"),
        "inLanguage": LANGUAGE,
        "potentialAction": search,
    }


def breadcrumbs(crumbs: Iterable[Mapping[str, str]], current: str) -> Facts:
    trail = [{"name": crumb["label"], "item": absolute(crumb["href"])} for crumb in crumbs]
    entries = [
        {"@type": "ListItem", "position": position, **entry}
        for position, entry in enumerate([*trail, {"name": current}], start=1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": entries}


def questions(asked: Iterable[Mapping[str, str]]) -> Facts:
    entries = [
        {"@type": "Question", "name": item["question"], "acceptedAnswer": {"@type": "Answer", "text": item["answer"]}}
        for item in asked
    ]
    return {"@type": "FAQPage", "mainEntity": entries}


def physician(
    doctor: Doctor, *, specialties: Iterable[Specialty], locations: Iterable[Location], description: str, image: str
) -> Facts:
    """A doctor; `image` is the path of their portrait."""
    places = list(locations)
    return _told(
        {
            "@type": "Physician",
            "name": doctor.name,
            "url": absolute(doctor.page_url),
            "description": description,
            "image": absolute(image),
            "medicalSpecialty": [medical_specialty(specialty) for specialty in specialties],
            "knowsLanguage": doctor.languages,
            "identifier": {"@type": "PropertyValue", "propertyID": "GMC", "value": doctor.gmc_number},
            "address": [{**postal_address(place), "name": place.name} for place in places],
            "telephone": next((place.phone for place in places), ""),
        }
    )


def medical_specialty(specialty: Specialty, path: str = "") -> Facts:
    return _told({"@type": "MedicalSpecialty", "name": specialty.name, "url": absolute(path)})


def postal_address(location: Location) -> Facts:
    return {
        "@type": "PostalAddress",
        "streetAddress": location.street,
        "addressLocality": location.town,
        "postalCode": location.postcode,
        "addressCountry": "GB",
    }


def medical_clinic(location: Location, *, address: str, description: str, picture: str, hours: Iterable[Any]) -> Facts:
    """A place where doctors see patients; `address` and `picture` are paths, `hours` rows of weekday, opens, closes."""
    opening = [
        {
            "@type": "OpeningHoursSpecification",
            "dayOfWeek": f"https://schema.org/{DAYS[row.weekday]}",
            "opens": f"{row.opens:%H:%M}",
            "closes": f"{row.closes:%H:%M}",
        }
        for row in hours
    ]
    has_position = location.latitude is not None and location.longitude is not None
    position = {
        "@type": "GeoCoordinates",
        "latitude": float(location.latitude or 0),
        "longitude": float(location.longitude or 0),
    }
    return _told(
        {
            "@type": "MedicalClinic",
            "name": location.name,
            "url": absolute(address),
            "description": description,
            "image": absolute(picture),
            "telephone": location.phone,
            "address": postal_address(location),
            "geo": position if has_position else None,
            "openingHoursSpecification": opening,
        }
    )


def specialty_page(page: Any, specialty: Specialty, *, address: str) -> Facts:
    return _told(
        {
            "@type": "MedicalWebPage",
            "name": page.title,
            "url": absolute(address),
            "description": page.search_description,
            "inLanguage": LANGUAGE,
            "specialty": medical_specialty(specialty, address),
            "lastReviewed": _day(page.last_reviewed),
        }
    )


def medical_web_page(
    page: Any,
    *,
    address: str,
    author: Mapping[str, str],
    reviewer: Mapping[str, str],
    specialties: Iterable[Specialty],
    picture: str,
) -> Facts:
    """Health information; `author` and `reviewer` are a name and the path of a profile, empty where nobody is named."""
    return _told(
        {
            "@type": ["MedicalWebPage", "Article"],
            "headline": page.title,
            "url": absolute(address),
            "description": page.search_description or page.introduction,
            "image": absolute(picture),
            "inLanguage": LANGUAGE,
            "datePublished": _day(page.first_published_at),
            "dateModified": _day(page.last_published_at),
            "lastReviewed": _day(page.last_reviewed),
            "author": _person(author),
            "reviewedBy": _person(reviewer),
            "specialty": [medical_specialty(specialty) for specialty in specialties],
            "citation": [
                _told(
                    {
                        "@type": "CreativeWork",
                        "name": source.value["title"],
                        "url": source.value["address"],
                        "publisher": {"@type": "Organization", "name": source.value["publisher"]},
                    }
                )
                for source in page.sources
            ],
        }
    )


def news_article(page: Any, *, address: str, picture: str, publisher: str) -> Facts:
    return _told(
        {
            "@type": "NewsArticle",
            "headline": page.title,
            "url": absolute(address),
            "description": page.search_description or page.introduction,
            "image": absolute(picture),
            "inLanguage": LANGUAGE,
            "datePublished": _day(page.date),
            "dateModified": _day(page.last_published_at),
            "publisher": {"@type": "Organization", "name": publisher},
        }
    )


def _person(known: Mapping[str, str]) -> Facts | None:
    if not known:
        return None
    return _told({"@type": "Person", "name": known["name"], "url": absolute(known["href"])})


def _day(moment: Any) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _told(facts: Mapping[str, Any]) -> Facts:
    return {name: value for name, value in facts.items() if value not in ("", None, [], {})}
