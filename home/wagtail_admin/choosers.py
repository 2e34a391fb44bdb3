"""Choosing a doctor, a specialty, a location or an article, wherever a form of the admin asks for one."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from wagtail.admin.forms.choosers import BaseFilterForm, SearchFilterMixin
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from doctors.models import Doctor, Location, Specialty
from home.models import ArticlePage
from home.wagtail_admin.desk import may_write


class WritersAlone:
    """For whoever writes pages: others in the admin have no use for it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not may_write(request.user):
            raise PermissionDenied
        sent: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return sent


class ByWords(SearchFilterMixin, BaseFilterForm):
    """Every word has to be in one of the columns that people know such a thing by."""

    columns: tuple[str, ...] = ("name",)

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.cleaned_data.get("q") or ""
        self.is_searching, self.search_query = bool(asked), asked
        for word in asked.split():
            found = Q()
            for column in self.columns:
                found |= Q(**{f"{column}__icontains": word})
            objects = objects.filter(found)
        return objects


class DoctorByWords(ByWords):
    columns = ("given_name", "family_name", "gmc_number")


class ArticleByWords(ByWords):
    columns = ("title",)


class Choose(WritersAlone, chooser.ChooseView):
    filter_form_class = ByWords


class ChooseResults(WritersAlone, chooser.ChooseResultsView):
    filter_form_class = ByWords


class Chosen(WritersAlone, chooser.ChosenView):
    pass


class ChosenMultiple(WritersAlone, chooser.ChosenMultipleView):
    pass


class DoctorColumns:
    filter_form_class = DoctorByWords

    def get_object_list(self) -> QuerySet[Doctor]:
        return Doctor.objects.prefetch_related("specialties")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,  # type: ignore[misc]
            Column("specialties", accessor=lambda doctor: ", ".join(map(str, doctor.specialties.all()))),
            Column("state", label="Patients find them", accessor=lambda doctor: "Yes" if doctor.is_listed else "No"),
        ]


class ChooseDoctor(DoctorColumns, Choose):
    pass


class ChooseDoctorResults(DoctorColumns, ChooseResults):
    pass


class ChooseArticle(Choose):
    filter_form_class = ArticleByWords


class ChooseArticleResults(ChooseResults):
    filter_form_class = ArticleByWords


class WritersChooser(ChooserViewSet):
    """Nothing is made in a chooser: doctors, places and specialties have their own forms."""

    choose_view_class = Choose
    choose_results_view_class = ChooseResults
    chosen_view_class = Chosen
    chosen_multiple_view_class = ChosenMultiple
    per_page = 20


class DoctorChooser(WritersChooser):
    name = "doctor_chooser"
    model = Doctor
    icon = "user"
    choose_one_text = "Choose a doctor"
    choose_another_text = "Choose another doctor"
    edit_item_text = "Edit this doctor"
    choose_view_class = ChooseDoctor
    choose_results_view_class = ChooseDoctorResults


class SpecialtyChooser(WritersChooser):
    name = "specialty_chooser"
    model = Specialty
    icon = "tag"
    choose_one_text = "Choose a specialty"
    choose_another_text = "Choose another specialty"
    edit_item_text = "Edit this specialty"


class LocationChooser(WritersChooser):
    name = "location_chooser"
    model = Location
    icon = "site"
    choose_one_text = "Choose a location"
    choose_another_text = "Choose another location"
    edit_item_text = "Edit this location"


class ArticleChooser(WritersChooser):
    name = "article_chooser"
    model = ArticlePage
    icon = "doc-full"
    choose_one_text = "Choose an article"
    choose_another_text = "Choose another article"
    edit_item_text = "Edit this article"
    choose_view_class = ChooseArticle
    choose_results_view_class = ChooseArticleResults
    # Elsewhere Wagtail's own chooser of pages stands.
    register_widget = False


CHOOSERS = (DoctorChooser, SpecialtyChooser, LocationChooser, ArticleChooser)
