"""What a doctor may say of themselves on their page, as plain values that a form asks for and a proposal keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import TYPE_CHECKING, Any

from django.utils.html import escape

if TYPE_CHECKING:
    from doctors.models import DoctorPage

# A field of the page, and what people call it.
LABELS = {
    "biography": "About",
    "interests": "Special interests and conditions",
    "qualifications": "Qualifications",
    "questions": "Questions and answers",
}
Content = dict[str, Any]

_LIST_MARK = "- "
_FORMATTED = re.compile(r"<(?:a|b|strong|i|em|ol)\b", re.IGNORECASE)


def content_of(page: DoctorPage) -> Content:
    """What the page says, field by field: rich text as its HTML, lists as lists of plain values."""
    return {
        "biography": str(page.biography),
        "interests": [str(block.value) for block in page.interests],
        "qualifications": [
            {name: block.value[name] or "" for name in ("name", "institution", "year")} for block in page.qualifications
        ],
        "questions": [
            {"question": block.value["question"], "answer": block.value["answer"].source} for block in page.questions
        ],
    }


def plain(content: Content) -> Content:
    """The same as somebody types it: rich text as `text_of` reads it."""
    questions = [{**row, "answer": text_of(row["answer"])} for row in content["questions"]]
    return {**content, "biography": text_of(content["biography"]), "questions": questions}


def content_typed(typed: Mapping[str, Any], current: Content) -> Content:
    """What was typed, in the page's own form: what stands already in `current` keeps its links and its emphasis."""
    known = {text_of(html): html for html in (*(row["answer"] for row in current["questions"]), current["biography"])}

    def rich(text: str) -> str:
        said = text.replace("\r\n", "\n").strip()
        return known.get(said) or html_of(said)

    questions = [{**row, "answer": rich(row["answer"])} for row in typed["questions"]]
    return {**typed, "biography": rich(typed["biography"]), "questions": questions}


def apply(page: DoctorPage, content: Mapping[str, Any]) -> DoctorPage:
    """Lets the page, which is not saved, say what `content` says of the fields that it names."""
    if "biography" in content:
        page.biography = content["biography"]
    if "interests" in content:
        page.interests = [("interest", text) for text in content["interests"]]
    if "qualifications" in content:
        rows = [{**row, "year": row["year"] or None} for row in content["qualifications"]]
        page.qualifications = page.qualifications.stream_block.to_python(
            [{"type": "qualification", "value": row} for row in rows]
        )
    if "questions" in content:
        page.questions = page.questions.stream_block.to_python(
            [{"type": "question", "value": row} for row in content["questions"]]
        )
    return page


def changed(content: Mapping[str, Any], base: Mapping[str, Any]) -> Content:
    """The fields of `content` that say something else than `base`, formatting apart."""
    return {name: value for name, value in content.items() if readable(value) != readable(base[name])}


def readable(value: Any) -> list[str]:
    """A field's value as lines of plain text, to compare and to show."""
    if isinstance(value, str):
        return text_of(value).splitlines()
    lines: list[str] = []
    for row in value:
        if isinstance(row, str):
            lines.append(row)
        elif "question" in row:
            lines += [row["question"], *text_of(row["answer"]).splitlines(), ""]
        else:
            lines.append(", ".join(str(part) for part in row.values() if part))
    return lines[:-1] if lines and not lines[-1] else lines


def loses_formatting(before: Any, after: Any) -> bool:
    """Whether links or emphasis of `before` are gone from `after`: a doctor types plain text."""
    return bool(_FORMATTED.search(_html(before))) and not _FORMATTED.search(_html(after))


def _html(value: Any) -> str:
    return (
        value if isinstance(value, str) else " ".join(row.get("answer", "") for row in value if isinstance(row, dict))
    )


def text_of(html: str) -> str:
    """Rich text as a doctor types it: an empty line between paragraphs, "- " before each line of a list."""
    text = re.sub(r"\s+", " ", html)
    text = re.sub(r"<li[^>]*>", f"\n{_LIST_MARK}", text)
    text = re.sub(r"<br\s*/?>", "\n", text)
    text = re.sub(r"</(?:p|ul|ol|h[1-6])>", "\n\n", text)
    text = unescape(re.sub(r"<[^>]+>", "", text))
    lines = [line.strip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def html_of(text: str) -> str:
    """The rich text that `text_of` reads back: everything typed is text, never markup."""
    made = []
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        lines = [line.strip() for line in part.splitlines() if line.strip()]
        made.append(_paragraph(lines))
    return "".join(made)


def _paragraph(lines: list[str]) -> str:
    made, items = [], [line for line in lines if line.startswith(_LIST_MARK)]
    said = [line for line in lines if not line.startswith(_LIST_MARK)]
    if said:
        made.append(f"<p>{'<br/>'.join(escape(line) for line in said)}</p>")
    if items:
        made.append(f"<ul>{''.join(f'<li>{escape(line.removeprefix(_LIST_MARK))}</li>' for line in items)}</ul>")
    return "".join(made)
