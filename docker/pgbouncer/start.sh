#!/bin/sh
# PgBouncer as the Compose file's profile "pool" runs it: with the one role that it lets in, whose password it needs.
set -eu
umask 077
printf '"medconsult_app" "%s"\n' "${APP_PASSWORD:?is not set}" >/etc/pgbouncer/userlist.txt
unset APP_PASSWORD
exec pgbouncer /pgbouncer.ini
