"""What an uploaded file is called. It is for people to read and opens nothing."""

from __future__ import annotations

import unicodedata

from common.uploads.models import NAME_MAX_LENGTH, MediaType

SUFFIXES: dict[MediaType, tuple[str, ...]] = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
}
ALLOWED_SUFFIXES = frozenset(suffix for suffixes in SUFFIXES.values() for suffix in suffixes)
LONGEST_SUFFIX = 8
NAMELESS = "file"


# How browsers send what would end the name in a header (multipart/form-data of the HTML standard), and nothing else.
_SENT_AS = {"%22": '"', "%0D": "\r", "%0A": "\n"}


def cleaned_name(raw: str) -> str:
    """The last part of what the browser called the file, as one visible line; empty where nothing is left of it."""
    for sent, meant in _SENT_AS.items():
        raw = raw.replace(sent, meant)
    return visible_line(unicodedata.normalize("NFKC", raw).replace("\\", "/").rpartition("/")[2]).strip(". ")


def visible_line(text: str) -> str:
    """One line of what can be seen of a text."""
    return " ".join("".join(one for one in text if one.isspace() or not _is_hidden(one)).split())


def _is_hidden(character: str) -> bool:
    """Control and formatting characters (bidirectional overrides, zero-width ones), separators, what has no meaning."""
    return unicodedata.category(character)[0] == "C" or unicodedata.category(character) in {"Zl", "Zp"}


def suffix_of(name: str) -> str:
    """The ending that says what kind a (cleaned) name claims to be, in small letters; empty where it claims nothing."""
    stem, dot, ending = name.rpartition(".")
    claims = stem and 0 < len(ending) < LONGEST_SUFFIX and ending.isalnum()
    return f"{dot}{ending}".lower() if claims else ""


def name_for(name: str, media_type: MediaType) -> str:
    """A (cleaned) name with the ending of what the file is, short enough for its column."""
    suffix = suffix_of(name)
    stem = name[: len(name) - len(suffix)] if suffix in ALLOWED_SUFFIXES else name
    if suffix not in SUFFIXES[media_type]:
        suffix = SUFFIXES[media_type][0]
    shortened = stem[: NAME_MAX_LENGTH - len(suffix)].rstrip(". ")
    return f"{shortened or NAMELESS}{suffix}"
