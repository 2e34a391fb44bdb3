# noqa: INP001 - Gunicorn reads it by its path
from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "site"), str(REPOSITORY)]

from common.logs import logging_config  # noqa: E402 - found by the path above

chdir = str(REPOSITORY)
wsgi_app = "medconsult.wsgi:application"
bind = os.environ.get("BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "1"))
worker_class = "gthread" if threads > 1 else "sync"
timeout = 30
graceful_timeout = 25
max_requests = 5000
max_requests_jitter = 500
preload_app = False
accesslog = None
errorlog = "-"
# Of a worker that is ended in the middle of a request it writes down which: through the filters of all other lines.
_log = logging_config(os.environ.get("LOG_LEVEL", "INFO"), os.environ.get("LOG_FORMAT", "json"))
logconfig_dict = {
    **_log,
    "loggers": {**_log["loggers"], "gunicorn.error": {"handlers": ["console"], "propagate": False}},
}
# It would be a file in the home folder of whoever starts it, the same one for every server of theirs.
control_socket_disable = True
# Nginx stands in front and is the only one that may say who is calling (TRUSTED_PROXY_COUNT counts it).
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")

# Each worker counts its requests in a file there, and whichever is asked for the figures adds them up.
_counts = ""
if os.environ.get("METRICS_TOKEN"):
    _counts = os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="medconsult-counts-")


def child_exit(_: Any, worker: Any) -> None:
    if _counts:
        from prometheus_client.multiprocess import mark_process_dead

        mark_process_dead(worker.pid)


def on_exit(_: Any) -> None:
    if _counts:
        shutil.rmtree(_counts, ignore_errors=True)
