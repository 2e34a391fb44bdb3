"""Of schema.org's vocabulary what our pages use: each type's properties, its parents' among them, and what may stand in
a property. Written down from https://schema.org/ (version 29); a type or a property that is new here is looked up
there first (https://schema.org/Physician, and so on)."""

from __future__ import annotations

_THING = {"name", "description", "url", "image", "identifier", "mainEntityOfPage", "potentialAction", "sameAs"}
_CREATIVE_WORK = _THING | {
    "about",
    "abstract",
    "author",
    "citation",
    "dateModified",
    "datePublished",
    "headline",
    "inLanguage",
    "mainEntity",
    "publisher",
    "text",
}
_WEB_PAGE = _CREATIVE_WORK | {"breadcrumb", "lastReviewed", "reviewedBy", "specialty"}
_ARTICLE = _CREATIVE_WORK | {"articleBody", "articleSection"}
_PLACE_AND_ORGANISATION = _THING | {
    "address",
    "email",
    "geo",
    "knowsLanguage",
    "openingHoursSpecification",
    "priceRange",
    "telephone",
}

PROPERTIES: dict[str, set[str]] = {
    "Answer": _CREATIVE_WORK,
    "Article": _ARTICLE,
    "BreadcrumbList": _THING | {"itemListElement", "numberOfItems"},
    "CreativeWork": _CREATIVE_WORK,
    "EntryPoint": _THING | {"urlTemplate"},
    "FAQPage": _WEB_PAGE,
    "GeoCoordinates": _THING | {"latitude", "longitude"},
    "ListItem": _THING | {"item", "position"},
    "MedicalClinic": _PLACE_AND_ORGANISATION | {"availableService", "medicalSpecialty"},
    "MedicalSpecialty": _THING,
    "MedicalWebPage": _WEB_PAGE | {"aspect"},
    "NewsArticle": _ARTICLE | {"dateline"},
    "OpeningHoursSpecification": _THING | {"closes", "dayOfWeek", "opens", "validFrom", "validThrough"},
    "Organization": _THING | {"address", "email", "telephone"},
    "Person": _THING | {"jobTitle", "knowsLanguage"},
    "Physician": _PLACE_AND_ORGANISATION | {"availableService", "medicalSpecialty"},
    "PostalAddress": _THING | {"addressCountry", "addressLocality", "postalCode", "streetAddress"},
    "PropertyValue": _THING | {"propertyID", "value"},
    "Question": _CREATIVE_WORK | {"acceptedAnswer", "answerCount"},
    # "query-input" is how an action says what must be given (https://schema.org/docs/actions.html).
    "SearchAction": _THING | {"query", "query-input", "target"},
    "WebSite": _CREATIVE_WORK,
}

# Types whose own kinds may stand where they may.
KINDS: dict[str, set[str]] = {
    "acceptedAnswer": {"Answer"},
    "address": {"PostalAddress"},
    "author": {"Organization", "Person"},
    "citation": {"CreativeWork"},
    "geo": {"GeoCoordinates"},
    "identifier": {"PropertyValue"},
    "itemListElement": {"ListItem"},
    "mainEntity": {"Question"},
    "medicalSpecialty": {"MedicalSpecialty"},
    "openingHoursSpecification": {"OpeningHoursSpecification"},
    "potentialAction": {"SearchAction"},
    "publisher": {"Organization", "Person"},
    "reviewedBy": {"Organization", "Person"},
    "specialty": {"MedicalSpecialty"},
    "target": {"EntryPoint"},
}
