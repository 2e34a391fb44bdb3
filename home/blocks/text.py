"""Blocks of words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.html import strip_tags
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError

from common import clock
from home.blocks.base import PLAIN_TEXT

GROUP = "Words"


class CallOutBlock(blocks.StructBlock):
    """A notice; with dates it comes and goes by itself, at the first instant on and at the last one off."""

    kind = blocks.ChoiceBlock(
        choices=[("info", "Good to know"), ("warning", "Important")],
        default="info",
        help_text="“Important” is drawn as a warning: keep it for what changes what people do.",
    )
    title = blocks.CharBlock(
        max_length=80, help_text="What it is about, in a few words; it is read first, and by many alone."
    )
    text = blocks.RichTextBlock(
        features=PLAIN_TEXT, help_text="What to know and what to do, in two or three sentences."
    )
    starts = blocks.DateTimeBlock(
        required=False, label="Show it from", help_text="By the clinic's clock; empty for at once."
    )
    ends = blocks.DateTimeBlock(required=False, label="Show it until", help_text="Empty for without end.")

    def clean(self, value: Any) -> Any:
        cleaned = super().clean(value)
        if cleaned["starts"] and cleaned["ends"] and cleaned["ends"] <= cleaned["starts"]:
            raise StructBlockValidationError({"ends": ValidationError("This is not after the beginning.")})
        return cleaned

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(value, parent_context=parent_context)
        context["is_on"] = is_on(value, clock.now())
        # Editors see it at any time, with its dates.
        context["is_preview"] = getattr(context.get("request"), "is_preview", False)
        return context

    class Meta:
        icon = "info-circle"
        label = "Notice"
        group = GROUP
        description = "Something to know, in a frame of its own. With dates it comes and goes by itself."
        template = "home/blocks/call_out.html"
        preview_value = {
            "kind": "warning",
            "title": "The lift in Bristol is being mended",
            "text": "<p>Until Friday our rooms are reached by stairs. Ring us if that is hard for you.</p>",
            "starts": None,
            "ends": None,
        }


def is_on(notice: Any, now: datetime) -> bool:
    """Whether a notice's dates include this instant: its beginning does, its end does not."""
    starts, ends = notice.get("starts"), notice.get("ends")
    return (starts is None or starts <= now) and (ends is None or now < ends)


def changes_in(body: Any) -> list[datetime]:
    """The instants at which a notice of a page's stream comes or goes, for whoever keeps the page."""
    notices = (block.value for block in body if block.block_type == "call_out")
    return [edge for notice in notices for edge in (notice.get("starts"), notice.get("ends")) if edge]


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=80, help_text="What one does, such as “Choose a time”.")
    text = blocks.TextBlock(max_length=300, help_text="One or two sentences about it.")


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, help_text="Over the steps, such as “How it works”.")
    steps = blocks.ListBlock(
        StepBlock(), min_num=2, max_num=6, help_text="In their order; they are numbered by themselves."
    )

    class Meta:
        icon = "list-ol"
        group = GROUP
        description = "Two to six things that happen one after the other."
        template = "home/blocks/steps.html"
        preview_value = {
            "heading": "How it works",
            "steps": [
                {"title": "Find your doctor", "text": "Search by name, specialty or what is troubling you."},
                {"title": "Choose a time", "text": "You see real free times, not a request form."},
                {"title": "Come as you are", "text": "You get a confirmation with an entry for your calendar."},
            ],
        }


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=200, help_text="As somebody would ask it.")
    answer = blocks.RichTextBlock(
        features=PLAIN_TEXT, help_text="The answer in its first sentence, then what else helps."
    )


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, default="Questions and answers", help_text="Over the questions.")
    questions = blocks.ListBlock(QuestionBlock(), min_num=1, help_text="The most asked first.")

    class Meta:
        icon = "help"
        label = "Questions and answers"
        group = GROUP
        description = "Questions that open on their answers. Search engines are told them too."
        template = "home/blocks/questions.html"
        preview_value = {
            "heading": "Questions and answers",
            "questions": [
                {"question": "Do I need a referral?", "answer": "<p>No. You can book any doctor here yourself.</p>"},
                {"question": "Can I bring somebody?", "answer": "<p>Yes, to every visit.</p>"},
            ],
        }


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(max_length=500, help_text="Word for word, without quotation marks.")
    name = blocks.CharBlock(max_length=80, help_text="Who said it, with their leave; never a patient's full name.")
    role = blocks.CharBlock(
        max_length=120, required=False, help_text="What they are to us, such as “A patient in Leith”; may be left out."
    )

    class Meta:
        icon = "openquote"
        group = GROUP
        description = "What somebody said, and who."
        template = "home/blocks/quote.html"
        preview_value = {
            "text": "Nobody hurried me, and I was told what would happen before it did.",
            "name": "A patient in Leith",
            "role": "",
        }


def questions_in(body: Any) -> Iterator[dict[str, str]]:
    """The questions of a page's stream with their answers as plain text, for search engines."""
    for block in body:
        if block.block_type == "questions":
            for item in block.value["questions"]:
                yield {"question": item["question"], "answer": strip_tags(item["answer"].source).strip()}
