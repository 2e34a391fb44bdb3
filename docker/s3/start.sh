#!/bin/sh
# SeaweedFS as the Compose file's profile "buckets" runs it: the two buckets, a key for each that opens nothing else, and
# pictures for everybody (docs/runbooks/buckets.md). What stands behind it (master, volumes, filer) asks for no key, so it
# listens inside this container alone. Further options are handed on.
set -eu
umask 077
keys="${S3_KEYS:-/tmp/keys.json}"
master="${S3_MASTER:-127.0.0.1:9333}"

one() {
  printf '{"name": "%s", "credentials": [{"accessKey": "%s", "secretKey": "%s"}],' "$1" "$2" "$3"
  printf ' "actions": ["Read:%s", "Write:%s", "List:%s"]},\n' "$1" "$1" "$1"
}

if [ "${MEDIA_S3_BUCKET:?}" = "${PRIVATE_S3_BUCKET:?}" ]; then
  echo "MEDIA_S3_BUCKET and PRIVATE_S3_BUCKET are the same, and the one is open to everybody." >&2
  exit 1
fi
{
  echo '{"identities": ['
  one "$MEDIA_S3_BUCKET" "${MEDIA_S3_ACCESS_KEY:?}" "${MEDIA_S3_SECRET_KEY:?}"
  one "$PRIVATE_S3_BUCKET" "${PRIVATE_S3_ACCESS_KEY:?}" "${PRIVATE_S3_SECRET_KEY:?}"
  printf '{"name": "anonymous", "actions": ["Read:%s/images/*"]}]}\n' "$MEDIA_S3_BUCKET"
} >"$keys"

both_are_there() {
  echo "s3.bucket.list" | weed shell -master="$master" 2>/dev/null |
    awk -v media="$MEDIA_S3_BUCKET" -v private="$PRIVATE_S3_BUCKET" '{ seen[$1] } END { exit !(media in seen && private in seen) }'
}

# Those that are there already stay as they are.
(
  until both_are_there; do
    printf 's3.bucket.create -name %s\ns3.bucket.create -name %s\n' "$MEDIA_S3_BUCKET" "$PRIVATE_S3_BUCKET" |
      weed shell -master="$master" >/dev/null 2>&1 || true
    sleep 1
  done
  # For the health check: who asks earlier is told that there is no such bucket.
  touch "$keys.ready"
) &

# Each bucket takes seven volumes with its first file. Its own eight of 30 GB left none to the other bucket: so small ones,
# as many as the disk has room for.
exec weed server -dir="${S3_FOLDER:-/data}" -ip=127.0.0.1 -ip.bind=127.0.0.1 -s3 -s3.ip.bind="${S3_BIND:-0.0.0.0}" \
  -s3.config="$keys" -s3.iam=false -s3.port.iceberg=0 -s3.port.lance=0 -s3.autoCreateBucket=false \
  -master.telemetry=false -master.volumeSizeLimitMB=1024 -volume.max=0 "$@"
