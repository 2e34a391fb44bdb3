"""The languages that doctors in the United Kingdom most often speak with patients, by ISO 639-1 code."""

from __future__ import annotations

from collections.abc import Iterable

LANGUAGES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "bg": "Bulgarian",
    "zh": "Chinese",
    "nl": "Dutch",
    "en": "English",
    "fa": "Farsi",
    "fr": "French",
    "de": "German",
    "el": "Greek",
    "gu": "Gujarati",
    "ha": "Hausa",
    "he": "Hebrew",
    "hi": "Hindi",
    "hu": "Hungarian",
    "ig": "Igbo",
    "ga": "Irish",
    "it": "Italian",
    "ku": "Kurdish",
    "lt": "Lithuanian",
    "ml": "Malayalam",
    "ne": "Nepali",
    "pl": "Polish",
    "pt": "Portuguese",
    "pa": "Punjabi",
    "ro": "Romanian",
    "ru": "Russian",
    "sn": "Shona",
    "so": "Somali",
    "es": "Spanish",
    "sv": "Swedish",
    "ta": "Tamil",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "vi": "Vietnamese",
    "cy": "Welsh",
    "yo": "Yoruba",
}


def language_names(codes: Iterable[str]) -> list[str]:
    """The names in the order of `codes`; a code that the table lacks is shown as it is."""
    return [LANGUAGES.get(code, code) for code in codes]
