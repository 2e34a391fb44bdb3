# noqa: INP001 - Gunicorn reads it by its path
from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(REPOSITORY / "site"), str(REPOSITORY)]

from common.secret_paths import SecretPathsFilter  # noqa: E402 - found by the path above

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
# Of a worker that is ended in the middle of a request it writes down which.
logging.getLogger("gunicorn.error").addFilter(SecretPathsFilter())
# It would be a file in the home folder of whoever starts it, the same one for every server of theirs.
control_socket_disable = True
# Nginx stands in front and is the only one that may say who is calling (TRUSTED_PROXY_COUNT counts it).
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1")
