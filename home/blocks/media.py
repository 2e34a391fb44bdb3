"""Blocks to look at, to listen to and to take away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.templatetags.static import static
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from common.pictures import sample_image
from home.blocks.base import PLAIN_TEXT
from home.blocks.choosers import DocumentChooserBlock, ImageBlock

GROUP = "Pictures, video and files"
FILMS = {"mp4": "video/mp4", "webm": "video/webm"}
_HEAD_BYTES = 16


class PictureBlock(blocks.StructBlock):
    image = ImageBlock(
        help_text="Choose or upload it; say what it shows, or mark it as decorative where it tells nothing new."
    )
    caption = blocks.CharBlock(
        max_length=200, required=False, help_text="One line below it, which everybody reads; may be left out."
    )

    def get_preview_value(self) -> Any:
        return self.normalize({"image": sample_image(), "caption": "A consulting room in Bristol"})

    class Meta:
        icon = "image"
        group = GROUP
        description = "One picture over the whole width, with a line below it."
        template = "home/blocks/picture.html"


class GalleryBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, required=False, help_text="Over the pictures; may be left out.")
    pictures = blocks.ListBlock(
        PictureBlock(), min_num=2, max_num=12, help_text="In the order in which they are shown; twelve at most."
    )

    def get_preview_value(self) -> Any:
        pictures = [{"image": sample_image(), "caption": words} for words in ("The waiting room", "A room", "")]
        return self.normalize({"heading": "What it looks like", "pictures": pictures})

    class Meta:
        icon = "image"
        group = GROUP
        description = "Two to twelve pictures side by side, cropped alike around their focal points."
        template = "home/blocks/gallery.html"


class VideoBlock(blocks.StructBlock):
    """A film from our own library: nothing of it is fetched from another host, and nothing plays by itself."""

    title = blocks.CharBlock(
        max_length=80, help_text="Over the film, and what screen readers call it: what one will see."
    )
    film = DocumentChooserBlock(help_text="MP4 (H.264) plays everywhere; WebM nearly so. Some 20 MB at most.")
    captions = DocumentChooserBlock(help_text="What is said and heard, as a WebVTT file (.vtt).")
    transcript = blocks.RichTextBlock(
        features=PLAIN_TEXT,
        help_text="The same to read, with what can only be seen: for whoever cannot see or hear it.",
    )
    poster = ImageBlock(
        required=False,
        label="Picture before it plays",
        help_text="A still of it; without one the first moment is shown.",
    )

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        errors = {}
        # A draft may lack either for now.
        if cleaned["film"] and not _is_film(cleaned["film"]):
            errors["film"] = ValidationError("Choose a film: a file in MP4 or WebM that ends in .mp4 or .webm.")
        if cleaned["captions"] and not _is_captions(cleaned["captions"]):
            errors["captions"] = ValidationError("Choose the captions: a WebVTT file that ends in .vtt.")
        if errors:
            raise StructBlockValidationError(errors)
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["kind"] = FILMS.get(value["film"].file_extension.lower(), "") if value.get("film") else ""
        return context

    def get_preview_value(self) -> Any:
        return self.normalize(
            {
                "title": "How to find the entrance",
                "film": SampleFile("sample.webm", 60_000),
                "captions": SampleFile("sample.vtt", 200),
                "transcript": "<p>From the bridge, walk along the water. Our door is the green one.</p>",
                "poster": sample_image(),
            }
        )

    class Meta:
        icon = "media"
        group = GROUP
        label = "Video"
        description = "A film from our library with captions and its words to read."
        template = "home/blocks/video.html"


def _is_film(document: Any) -> bool:
    """By its name and by how it begins: a text that is called a film plays nowhere."""
    kind = document.file_extension.lower()
    head = _head_of(document)
    return (kind == "mp4" and head[4:8] == b"ftyp") or (kind == "webm" and head.startswith(b"\x1aE\xdf\xa3"))


def _is_captions(document: Any) -> bool:
    head = _head_of(document).removeprefix(b"\xef\xbb\xbf")
    return document.file_extension.lower() == "vtt" and head.startswith(b"WEBVTT")


def _head_of(document: Any) -> bytes:
    """The first bytes of a document; none where the storage has lost it."""
    try:
        with document.open_file() as file:
            return bytes(file.read(_HEAD_BYTES))
    except OSError:
        return b""


class DownloadBlock(blocks.StructBlock):
    title = blocks.CharBlock(
        max_length=120, help_text="What the file is called here, such as “Form for your first visit”."
    )
    text = blocks.CharBlock(max_length=240, required=False, help_text="What is in it, and who needs it.")
    file = DocumentChooserBlock(help_text="From the library of documents. Its kind and size are shown by themselves.")

    def get_preview_value(self) -> Any:
        file = SampleFile("sample.webp", 21_000)
        return self.normalize({"title": "A picture", "text": "For a child who has to wait.", "file": file})

    class Meta:
        icon = "download"
        group = GROUP
        description = "A file to take away, with its kind and size."
        template = "home/blocks/download.html"


class PersonBlock(blocks.StructBlock):
    name = blocks.CharBlock(max_length=80, help_text="As they wish to be called.")
    role = blocks.CharBlock(max_length=80, help_text="What they do here, such as “Practice manager”.")
    image = ImageBlock(required=False, help_text="A portrait; without one there is the name alone.")
    text = blocks.TextBlock(max_length=300, required=False, help_text="A sentence or two about them; may be left out.")


class TeamBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, help_text="Over the people, such as “Who else is here”.")
    introduction = blocks.CharBlock(
        max_length=200, required=False, help_text="One sentence below the heading; may be left out."
    )
    people = blocks.ListBlock(PersonBlock(), min_num=1, max_num=24, help_text="In the order in which they are shown.")

    def get_preview_value(self) -> Any:
        people = [
            {
                "name": "Maya Lindqvist",
                "role": "Practice manager",
                "image": None,
                "text": "Keeps it all running.",
            },
            {
                "name": "Owen Price",
                "role": "Reception, Bristol",
                "image": None,
                "text": "Answers the phone from 8am.",
            },
        ]
        return self.normalize({"heading": "Who else is here", "introduction": "", "people": people})

    class Meta:
        icon = "group"
        group = GROUP
        description = (
            "People who are no doctors: reception, nurses, the practice manager. Doctors have their own block."
        )
        template = "home/blocks/team.html"


@dataclass(frozen=True)
class SampleFile:
    """A file of ours as a block's preview shows a document of the library; nothing is stored."""

    name: str
    size: int

    @property
    def url(self) -> str:
        return static(f"images/{self.name}")

    @property
    def file_extension(self) -> str:
        return self.name.rsplit(".", 1)[1]

    def get_file_size(self) -> int:
        return self.size
