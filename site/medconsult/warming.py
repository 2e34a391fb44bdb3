from __future__ import annotations

from celery import current_app
from django.template import engines
from django.urls import get_resolver


def load_what_requests_need() -> None:
    """Load what Django and Celery would load during the first request: it would keep somebody waiting for seconds.

    Opens no connection, so it may run in a process that is forked after it, and with the broker away.
    """
    # Whatever is asked of the resolver first imports every app's views.
    get_resolver().reverse_dict  # noqa: B018
    engines.all()
    current_app.amqp.send_task_message  # noqa: B018
    current_app.backend  # noqa: B018
    with current_app.connection_for_write() as connection:
        connection.transport  # noqa: B018
