from __future__ import annotations

from django.db import models

# As what a search of the whole site is counted; no filter of the doctors' search is called so.
OF_THE_SITE = "site"


class EmptySearch(models.Model):
    """How often a search of a day found no doctor, by which kinds of filters, or the whole site nothing.

    Never what was typed or chosen: words can name an illness, or a person. `asked` are names of `DoctorFilters`, in
    the order of the alphabet with "+" between them, so a day has few rows whoever searches.
    """

    day = models.DateField()
    asked = models.CharField(max_length=120)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["day", "asked"]
        constraints = [models.UniqueConstraint(fields=["day", "asked"], name="empty_search_once_a_day")]

    def __str__(self) -> str:
        return f"{self.day}: {self.asked}"
