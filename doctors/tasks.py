from __future__ import annotations

from celery import shared_task

from doctors.services import facets_fold


@shared_task(name="doctors.fold_facets")
def fold_facets() -> None:
    """Sum up how many doctors each combination of filters leaves, so that reading it stays one row a combination."""
    facets_fold()
