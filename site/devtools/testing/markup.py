"""Whether HTML is valid: two packages judge it, and a few rules of the standard that neither of them knows.

html5lib says where a parser had to mend what stands there (unclosed, misnested, twice the same attribute), turbohtml
what an author may not write (an id used twice, obsolete elements, pictures without words, roles that are none). Beside
them: attributes that an element has not got, references to ids that nobody has, and what may not stand in what
(https://html.spec.whatwg.org/multipage/indices.html).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

import html5lib
import turbohtml
from html5lib.constants import E as PARSE_ERRORS
from turbohtml.conformance import check

_SPACES: Final = re.compile(r"\s+")
# Of the libraries that the pages use: htmx and Alpine, whose short forms begin with a sign.
_OF_LIBRARIES: Final = ("data-", "aria-", "hx-", "x-", ":", "@")


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_GLOBAL: Final = _names(
    "accesskey autocapitalize autocorrect autofocus class contenteditable dir draggable enterkeyhint hidden id inert"
    " inputmode itemid itemprop itemref itemscope itemtype lang nonce popover role slot spellcheck style tabindex title"
    " translate"
)
_MEDIA: Final = "src crossorigin preload autoplay loop muted controls"
_FORM_OWNED: Final = "disabled form name"
_SUBMITS: Final = "formaction formenctype formmethod formnovalidate formtarget"
_OWN: Final = {
    element: _names(names)
    for element, names in {
        "a": "href target download ping rel hreflang type referrerpolicy",
        "area": "alt coords shape href target download ping rel referrerpolicy",
        "audio": _MEDIA,
        "base": "href target",
        "blockquote": "cite",
        "button": f"{_FORM_OWNED} {_SUBMITS} command commandfor popovertarget popovertargetaction type value",
        "canvas": "width height",
        "col": "span",
        "colgroup": "span",
        "data": "value",
        "del": "cite datetime",
        "details": "name open",
        "dialog": "closedby open",
        "embed": "src type width height",
        "fieldset": _FORM_OWNED,
        "form": "accept-charset action autocomplete enctype method name novalidate target rel",
        "iframe": "src srcdoc name sandbox allow allowfullscreen width height referrerpolicy loading",
        "img": "alt src srcset sizes crossorigin usemap ismap width height referrerpolicy decoding loading"
        " fetchpriority",
        "input": f"{_FORM_OWNED} {_SUBMITS} accept alpha alt autocomplete capture checked colorspace dirname height"
        " list max maxlength min minlength multiple pattern placeholder popovertarget popovertargetaction readonly"
        " required size src step type value width",
        "ins": "cite datetime",
        "label": "for",
        "li": "value",
        "link": "href crossorigin rel media integrity hreflang type referrerpolicy sizes imagesrcset imagesizes as"
        " blocking color disabled fetchpriority",
        "map": "name",
        # `property` is Open Graph's, which is RDFa.
        "meta": "name http-equiv content charset media property",
        "meter": "value min max low high optimum",
        "object": "data type name form width height",
        "ol": "reversed start type",
        "optgroup": "disabled label",
        "option": "disabled label selected value",
        "output": "for form name",
        "progress": "value max",
        "q": "cite",
        "script": "src type nomodule async defer crossorigin integrity referrerpolicy blocking fetchpriority",
        "select": f"{_FORM_OWNED} autocomplete multiple required size",
        "slot": "name",
        "source": "type media src srcset sizes width height",
        "style": "media blocking",
        "td": "colspan rowspan headers",
        "textarea": f"{_FORM_OWNED} autocomplete cols dirname maxlength minlength placeholder readonly required rows"
        " wrap",
        "th": "colspan rowspan headers scope abbr",
        "time": "datetime",
        "track": "kind src srclang label default",
        "video": f"{_MEDIA} poster playsinline width height",
    }.items()
}
# Of these one id, or several, must be somebody's; `aria-controls` may name what a script is yet to show.
_REFERENCES: Final = (
    *("for", "form", "list", "headers", "popovertarget", "commandfor"),
    *("aria-labelledby", "aria-describedby", "aria-errormessage", "aria-owns", "aria-details", "aria-activedescendant"),
)
# What holds words and what stands in a line of words, and what is more than that.
_OF_WORDS: Final = _names(
    "abbr b bdi bdo button cite code data dfn em h1 h2 h3 h4 h5 h6 i kbd label mark meter output p pre progress q"
    " s samp small span strong sub sup time u var"
)
_OF_BLOCKS: Final = _names(
    "address article aside blockquote details dialog div dl fieldset figure footer form header hgroup hr main menu nav"
    " ol p pre search section table ul h1 h2 h3 h4 h5 h6"
)
_PRESSED: Final = frozenset({"a", "button"})
_INTERACTIVE: Final = frozenset({"button", "details", "embed", "iframe", "label", "select", "textarea"})
_ONLY_CHILDREN: Final = {
    "ul": {"li"},
    "ol": {"li"},
    "menu": {"li"},
    "dl": {"dt", "dd", "div"},
    "select": {"option", "optgroup", "hr", "button"},
    "tr": {"td", "th"},
}
_ANYWHERE: Final = frozenset({"script", "template"})
# An ampersand before anything but a letter or a digit stands for itself, as in the classes of Tailwind.
_NO_LONGER_ERRORS: Final = frozenset({"expected-named-entity"})
# Wagtail's reports align their cells by attribute.
_OF_WAGTAIL: Final = frozenset({"obsolete-attribute"})
# How many of a kind are judged in one run; a kind is a view's answers by one template and of one status, whole or in
# parts. One view shows every type of the editors' pages, each by its own template.
_MOST_OF_A_KIND: Final = 3
_seen: Counter[tuple[str, str, int, bool]] = Counter()


@dataclass(frozen=True)
class Answered:
    """HTML that a server of this process has given somebody."""

    path: str
    view: str
    template: str
    status: int
    is_part: bool
    markup: str

    def problems(self) -> list[str]:
        """Nothing either of what has been judged often enough already."""
        kind = self.view, self.template, self.status, self.is_part
        _seen[kind] += 1
        if _seen[kind] > _MOST_OF_A_KIND:
            return []
        found = problems_of(self.markup, of_wagtail=self.path.startswith(("/admin/", "/django-admin/")))
        return [f"HTML of {self.path}: {problem}" for problem in found]


@contextmanager
def listening() -> Iterator[list[Answered]]:
    """Within: every answer in HTML that a live server of this process gives, in order."""
    from django.core.handlers.wsgi import WSGIHandler

    answers: list[Answered] = []
    answer = WSGIHandler.get_response

    def noting(handler: WSGIHandler, request: Any) -> Any:
        response: Any = answer(handler, request)
        if response.get("Content-Type", "").startswith("text/html") and not response.streaming:
            view = request.resolver_match.view_name if request.resolver_match else ""
            is_part = "HX-Request" in request.headers
            markup = response.content.decode(response.charset)
            template = str(getattr(response, "template_name", "") or "")
            answers.append(Answered(request.path, view, template, response.status_code, is_part, markup))
        return response

    with patch.object(WSGIHandler, "get_response", noting):
        yield answers


def problems_of(markup: str, *, of_wagtail: bool = False) -> list[str]:
    """What is not valid in a page, or in a part of one, each with its place; none for a valid one.

    In the frame `of_wagtail` the packages judge alone: its own elements break what they do not know.
    """
    is_page = "<html" in markup[:400].lower()
    document = turbohtml.parse(markup) if is_page else turbohtml.parse_fragment(markup)
    authored = [
        f"{found.code}: {found.message} (line {found.line})"
        for found in check(document).messages
        if found.severity == "error" and not (of_wagtail and found.code in _OF_WAGTAIL)
    ]
    parsed = [*_parse_errors(markup, is_page=is_page), *authored]
    if of_wagtail:
        return parsed
    elements = [one for one in document.iter_elements() if one.namespace is turbohtml.Namespace.HTML]
    own = [problem for one in elements for problem in _problems_of_element(one)]
    return [*parsed, *own, *_dangling(elements, is_page=is_page)]


def _parse_errors(markup: str, *, is_page: bool) -> Iterator[str]:
    parser = html5lib.HTMLParser()
    parser.parse(markup) if is_page else parser.parseFragment(markup)
    lines = markup.splitlines()
    for (line, column), code, facts in parser.errors:
        if code in _NO_LONGER_ERRORS:
            continue
        near = lines[line - 1][max(column - 60, 0) : column + 20].strip() if 0 < line <= len(lines) else ""
        yield f"{PARSE_ERRORS.get(code, code) % facts} (line {line}, near {near!r})"


def _problems_of_element(element: turbohtml.Element) -> Iterator[str]:
    tag, where = element.tag, f"(line {element.source_line}: {element.serialize()[:80]!r})"
    known = _GLOBAL | _OWN.get(tag, frozenset())
    for name in element.attrs:
        if name not in known and not name.startswith(_OF_LIBRARIES):
            yield f"{tag} has no attribute {name} {where}"
    parent = element.parent
    if not isinstance(parent, turbohtml.Element) or parent.namespace is not turbohtml.Namespace.HTML:
        return
    if (allowed := _ONLY_CHILDREN.get(parent.tag)) and tag not in allowed | _ANYWHERE:
        yield f"{tag} may not stand in {parent.tag} {where}"
    if tag in _OF_BLOCKS and (line := next((one for one in _above(element) if one.tag in _OF_WORDS), None)):
        yield f"{tag} may not stand in {line.tag} {where}"
    if _takes_input(element) and (pressed := next((one for one in _above(element) if one.tag in _PRESSED), None)):
        yield f"{tag} may not stand in {pressed.tag} {where}"


def _above(element: turbohtml.Element) -> Iterator[turbohtml.Element]:
    for one in element.ancestors:
        if isinstance(one, turbohtml.Element):
            if one.tag in {"template", "foreignobject"}:
                return
            yield one


def _takes_input(element: turbohtml.Element) -> bool:
    if element.tag in _INTERACTIVE:
        return True
    if element.tag == "a":
        return "href" in element.attrs
    return element.tag == "input" and element.attrs.get("type") != "hidden"


def _dangling(elements: list[turbohtml.Element], *, is_page: bool) -> Iterator[str]:
    """References to nobody; of a part of a page they may be to what stands around it."""
    if not is_page:
        return
    ids = {str(one.attrs["id"]) for one in elements if "id" in one.attrs}
    for one in elements:
        for name in _REFERENCES:
            value = one.attrs.get(name, "")
            named = value if isinstance(value, list) else _SPACES.split(str(value or ""))
            for missing in {target for target in named if target} - ids:
                yield f"{name} names {missing!r}, which is nobody's id (line {one.source_line})"
