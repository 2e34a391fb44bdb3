#!/bin/sh
# One image, many jobs. "migrate", "backup" and "restore" run as the owner's role, everything else as the application's.
set -eu
job="${1:-web}"
case "$job" in
  migrate | backup | restore)
    DATABASE_URL="${DATABASE_OWNER_URL:?is not set: this runs as the role that owns the tables}"
    export DATABASE_URL
    ;;
esac
# What each process is, before anything asks for its settings: time limits and PgBouncer's address go by it.
case "$job" in
  web) export PROCESS_KIND=web ;;
  worker | bulk-worker) export PROCESS_KIND=worker ;;
  # Past PgBouncer: its lock is its session's.
  beat) export PROCESS_KIND=worker WORKER_POOL_URL= ;;
esac
case "$job" in
  migrate | backup | restore | web | worker | bulk-worker | beat) python -m medconsult.preflight ;;
esac
case "$job" in
  # By one at a time, whoever else starts (common/management/commands/migrate.py).
  migrate)
    python manage.py migrate --noinput
    exec python manage.py collectstatic --noinput
    ;;
  backup) exec python manage.py backup "${BACKUP_ROOT:-/srv/backups}" --keep "${BACKUPS_KEPT:-14}" ;;
  restore) exec python manage.py "$@" ;;
  web) exec python -m gunicorn --config docker/gunicorn.conf.py ;;
  # Queues and who takes from them: site/common/queues.py.
  worker)
    exec python -m celery -A medconsult worker --queues urgent,default --hostname worker@%h --loglevel INFO \
      --concurrency "${WORKER_CONCURRENCY:-2}"
    ;;
  bulk-worker)
    exec python -m celery -A medconsult worker --queues bulk --hostname bulk-worker@%h --loglevel INFO \
      --concurrency "${BULK_WORKER_CONCURRENCY:-1}"
    ;;
  beat) exec python -m celery -A medconsult beat --pidfile= --loglevel INFO ;;
  *) exec "$@" ;;
esac
