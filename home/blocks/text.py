"""Blocks of words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.html import strip_tags
from wagtail import blocks

from home.blocks.base import PLAIN_TEXT


class CallOutBlock(blocks.StructBlock):
    kind = blocks.ChoiceBlock(choices=[("info", "Good to know"), ("warning", "Important")], default="info")
    title = blocks.CharBlock(max_length=80)
    text = blocks.RichTextBlock(features=PLAIN_TEXT)

    class Meta:
        icon = "info-circle"
        label = "Call-out"
        template = "home/blocks/call_out.html"


class StepBlock(blocks.StructBlock):
    title = blocks.CharBlock(max_length=80)
    text = blocks.TextBlock(max_length=300)


class StepsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80)
    steps = blocks.ListBlock(StepBlock(), min_num=2, max_num=6)

    class Meta:
        icon = "list-ol"
        template = "home/blocks/steps.html"


class QuestionBlock(blocks.StructBlock):
    question = blocks.CharBlock(max_length=200)
    answer = blocks.RichTextBlock(features=PLAIN_TEXT)


class QuestionsBlock(blocks.StructBlock):
    heading = blocks.CharBlock(max_length=80, default="Questions and answers")
    questions = blocks.ListBlock(QuestionBlock(), min_num=1)

    class Meta:
        icon = "help"
        label = "Questions and answers"
        template = "home/blocks/questions.html"


class QuoteBlock(blocks.StructBlock):
    text = blocks.TextBlock(max_length=500)
    name = blocks.CharBlock(max_length=80)
    role = blocks.CharBlock(max_length=120, required=False)

    class Meta:
        icon = "openquote"
        template = "home/blocks/quote.html"


def questions_in(body: Any) -> Iterator[dict[str, str]]:
    """The questions of a page's stream with their answers as plain text, for search engines."""
    for block in body:
        if block.block_type == "questions":
            for item in block.value["questions"]:
                yield {"question": item["question"], "answer": strip_tags(item["answer"].source).strip()}
