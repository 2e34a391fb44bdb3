#!/bin/sh
# Replace the running version by the one that was built or pulled, so that no visitor meets an error: one web container
# after the other, each first taken out of Nginx's list, so that nothing is on its way to it when it is asked to end.
set -eu
cd "$(dirname "$0")"
compose() { docker compose -f compose.yaml "$@"; }

# Two at once would each take the other's container out of the list: it is held by this folder, also by what this script
# has started and left behind where it was killed.
if command -v flock >/dev/null; then
  exec 9<.
  flock -n 9 || { echo "Another rolling-update.sh is under way here." >&2 && exit 1; }
else
  echo "There is no flock here (util-linux): see to it that nobody else starts this meanwhile." >&2
fi

# Nobody new is sent to the one that is named; without a name both have visitors.
pass_by() {
  list="$(sed -E -e 's/^( *server web(-b)?:8000.*) down;/\1;/' -e "s/^( *server ${1:-nobody}:8000.*);/\1 down;/" nginx/upstream.conf)"
  echo "$list" >nginx/upstream.conf
  compose exec -T nginx nginx -t -q
  compose exec -T nginx nginx -s reload
  # The processes that had the old list take no new connection any more.
  sleep "${SETTLE_SECONDS:-3}"
}

# Whatever happens, the list names both in the end: Nginx passes by who does not answer.
trap pass_by EXIT
# Also where its terminal goes away in the middle: this shell would end without the line above.
trap 'exit 1' HUP INT TERM
# What else the new Compose file may say of the database or Valkey is for `up -d`: it would be started anew here.
compose run --rm --no-deps migrate
pass_by web
compose up -d --no-deps --wait web
pass_by web-b
compose up -d --no-deps --wait web-b
# Whoever is in the middle of a task ends it first; what waits is taken by the new ones.
compose up -d --no-deps worker bulk-worker beat
