#!/bin/sh
# One image, four jobs. "migrate" runs as the owner's role, everything else as the application's.
set -eu
case "${1:-web}" in
  migrate)
    DATABASE_URL="$DATABASE_OWNER_URL" python manage.py migrate --noinput
    python manage.py collectstatic --noinput
    ;;
  web) exec python -m gunicorn --config docker/gunicorn.conf.py ;;
  worker) export PROCESS_KIND=worker; exec python -m celery -A medconsult worker --loglevel INFO --concurrency "${WORKER_CONCURRENCY:-2}" ;;
  beat) export PROCESS_KIND=worker; exec python -m celery -A medconsult beat --loglevel INFO --schedule /tmp/celerybeat-schedule ;;
  *) exec "$@" ;;
esac
