"""Texts of the sample content: one file a text, facts in TOML between two lines of +++, words in a little Markdown.

To add one, put a file into the folder of its kind under content/; its name is the page's address. Known of Markdown
are ## and ### headings, lists with - and 1., **bold**, _italic_, [words](address), and call-outs:

    > [!important] Call 999 now
    > if one of these happens.

"[!note]" is the quiet kind; a line of > alone parts its blocks. Nothing here imports Django.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

CONTENT = Path(__file__).resolve().parent / "content"
FENCE = "+++"
KINDS = {"important": "warning", "note": "info"}

_CALL_OUT = re.compile(r"\[!(?P<kind>\w+)\] (?P<title>.+)")
_INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<b>\1</b>"),
    (re.compile(r"(?<!\w)_(.+?)_(?!\w)"), r"<i>\1</i>"),
    (re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)"), r'<a href="\2">\1</a>'),
)


class CallOut(NamedTuple):
    kind: str
    title: str
    text: str


@dataclass(frozen=True)
class Text:
    """`facts` are what its file says above the words; `parts` are pieces of HTML, and call-outs between them."""

    slug: str
    facts: dict[str, Any]
    parts: tuple[str | CallOut, ...]

    @property
    def html(self) -> str:
        return "".join(part for part in self.parts if isinstance(part, str))


def texts_in(folder: str) -> list[Text]:
    """The texts of one kind, by name of file."""
    return [text_of(path.stem, path.read_text(encoding="utf-8")) for path in sorted((CONTENT / folder).glob("*.md"))]


def text_of(slug: str, source: str) -> Text:
    _, facts, words = source.split(FENCE, 2)
    return Text(slug, tomllib.loads(facts), tuple(_parts(words)))


def _parts(words: str) -> Iterator[str | CallOut]:
    pieces = [piece.strip("\n") for piece in re.split(r"\n\s*\n", words) if piece.strip()]
    for is_aside, run in groupby(pieces, key=lambda piece: piece.startswith("> ")):
        if is_aside:
            yield from map(_call_out, run)
        else:
            yield "".join(map(_block, run))


def _call_out(piece: str) -> CallOut:
    first, *rest = (line.removeprefix(">").strip() for line in piece.splitlines())
    head = _CALL_OUT.fullmatch(first)
    if head is None:
        raise ValueError(f"A call-out begins with [!important] or [!note] and a title, not with: {first}")
    return CallOut(KINDS[head["kind"]], head["title"], "".join(map(_block, "\n".join(rest).split("\n\n"))))


def _block(piece: str) -> str:
    lines = piece.splitlines()
    for mark, tag in (("### ", "h3"), ("## ", "h2")):
        if piece.startswith(mark):
            return f"<{tag}>{_inline(piece.removeprefix(mark))}</{tag}>"
    for mark, tag in ((r"- ", "ul"), (r"\d+\. ", "ol")):
        if re.match(mark, piece):
            items = re.split(rf"^{mark}", piece, flags=re.MULTILINE)[1:]
            return f"<{tag}>{''.join(f'<li>{_inline(_joined(item.splitlines()))}</li>' for item in items)}</{tag}>"
    return f"<p>{_inline(_joined(lines))}</p>"


def _joined(lines: list[str]) -> str:
    return " ".join(line.strip() for line in lines)


def _inline(words: str) -> str:
    shown = escape(words, quote=False)
    for pattern, markup in _INLINE:
        shown = pattern.sub(markup, shown)
    return shown
