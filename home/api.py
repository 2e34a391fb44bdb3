"""The public pages as data, by Wagtail's own content API: what any visitor may read, whoever asks."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.exceptions import FieldDoesNotExist
from rest_framework.exceptions import ParseError
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet
from wagtail.api import APIField
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.models import Page
from wagtail.query import PageQuerySet

from common.areas import PUBLIC
from home.selectors import pages_for_anybody

# Told of every kind of page that has them.
_WORDS = ("introduction", "biography", "body", "groups", "last_reviewed", "next_review")
# No number of ours is as long, and the database takes none that is.
_LONGEST_NUMBER = 9
_NUMBERS = ("offset", "limit", "id")


class PublicPages(PagesAPIViewSet):
    """Of a page that is hidden from anybody nothing is told, nor that it is there: not to those either whom the website
    would show it, and not as what another page was copied from."""

    area = PUBLIC
    authentication_classes: ClassVar[list[Any]] = []
    permission_classes: ClassVar[list[Any]] = [AllowAny]
    renderer_classes: ClassVar[list[Any]] = [JSONRenderer]
    http_method_names: ClassVar[list[str]] = ["get", "head"]
    meta_fields = [name for name in PagesAPIViewSet.meta_fields if name != "alias_of"]
    # An address of the website is what people know; a key is asked for where it stands.
    find_query_parameters = frozenset({"html_path"})

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        asked = request.query_params
        is_odd = any("\x00" in value for value in asked.values())
        if is_odd or any(len(asked.get(name, "")) > _LONGEST_NUMBER for name in _NUMBERS):
            raise ParseError("That is nothing to look for.")

    def get_base_queryset(self) -> PageQuerySet:
        return pages_for_anybody(super().get_base_queryset())

    def find_object(self, queryset: PageQuerySet, request: Request) -> Page | None:
        found: Page | None = super().find_object(queryset, request) if "html_path" in request.GET else None
        return found

    def handle_exception(self, exc: Exception) -> Response:
        """As all of ours: a problem."""
        refusal = ParseError(str(exc)) if isinstance(exc, BadRequestError) else exc
        answer: Response = GenericViewSet.handle_exception(self, refusal)
        return answer

    @classmethod
    def get_body_fields(cls, model: type[Page]) -> list[APIField]:
        found: list[APIField] = super().get_body_fields(model)
        return [*found, *(APIField(name) for name in _WORDS if _has(model, name))]


def _has(model: type[Page], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


router = WagtailAPIRouter("api_pages")
router.register_endpoint("pages", PublicPages)
