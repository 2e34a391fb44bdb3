from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from bench import floors
from common import clock
from doctors.forms import SearchForm
from doctors.selectors import doctors_search, search_choices
from medconsult import urls as product


def search_alone(request: HttpRequest) -> HttpResponse:
    """The search without its page: how many cards there are."""
    choices = search_choices()
    filters = SearchForm(request.GET, choices=choices).filters()
    return HttpResponse(str(len(doctors_search(filters, now=clock.now(), choices=choices).cards)))


urlpatterns = [
    path("bench/f/", floors.floor_f),
    path("bench/l/", floors.floor_l),
    path("bench/search/", search_alone),
    # Not included: addresses with a language before them may stand at the root alone.
    *product.urlpatterns,
]
