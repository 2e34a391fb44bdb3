#!/bin/sh
# One image, five jobs. "migrate" runs as the owner's role, everything else as the application's.
set -eu
case "${1:-web}" in
  migrate)
    DATABASE_URL="$DATABASE_OWNER_URL" python manage.py migrate --noinput
    python manage.py collectstatic --noinput
    ;;
  web) exec python -m gunicorn --config docker/gunicorn.conf.py ;;
  # Queues and who takes from them: site/common/queues.py.
  worker)
    export PROCESS_KIND=worker
    exec python -m celery -A medconsult worker --queues urgent,default --hostname worker@%h --loglevel INFO \
      --concurrency "${WORKER_CONCURRENCY:-2}"
    ;;
  bulk-worker)
    export PROCESS_KIND=worker
    exec python -m celery -A medconsult worker --queues bulk --hostname bulk-worker@%h --loglevel INFO \
      --concurrency "${BULK_WORKER_CONCURRENCY:-1}"
    ;;
  beat) export PROCESS_KIND=worker; exec python -m celery -A medconsult beat --pidfile= --loglevel INFO ;;
  *) exec "$@" ;;
esac
