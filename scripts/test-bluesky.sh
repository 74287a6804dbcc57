#!/usr/bin/env bash
# The desk against a real Bluesky on loopback: @atproto/dev-env with Debian's PostgreSQL and Redis.
# By hand, not in CI: it installs some 470 packages. Wants node, npm, postgresql and redis-server.
set -euo pipefail
cd "$(dirname "$0")/.."

home="$(realpath -m "${BLUESKY_HOME:-/var/tmp/firstline-bluesky}")"
database_port="${BLUESKY_DATABASE_PORT:-25432}"
redis_port="${BLUESKY_REDIS_PORT:-26379}"
binaries="$(ls -d /usr/lib/postgresql/*/bin | tail -1)"
as_postgres=()
if [ "$(id -u)" = 0 ]; then as_postgres=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi

mkdir -p "$home"
if [ ! -d "$home/node_modules/@atproto/dev-env" ]; then
  echo "Installing the network into $home …"
  npm install --prefix "$home" --no-audit --no-fund --silent "@atproto/dev-env@0.3.215"
fi
cp scripts/bluesky-network.cjs "$home/network.cjs"

data="$(mktemp -d)"
[ "$(id -u)" != 0 ] || chown postgres "$data"
"${as_postgres[@]}" "$binaries/initdb" -D "$data/database" -U firstline --auth=trust >/dev/null
"${as_postgres[@]}" "$binaries/postgres" -D "$data/database" -p "$database_port" -k "$data" \
  -c listen_addresses=127.0.0.1 >"$home/database.log" 2>&1 &
database=$!
redis-server --port "$redis_port" --bind 127.0.0.1 --save "" --dir "$home" >"$home/redis.log" 2>&1 &
redis=$!
sleep 2
DB_POSTGRES_URL="postgresql://firstline@127.0.0.1:$database_port/postgres" DB_POSTGRES_SCHEMA=bsky \
  REDIS_HOST="127.0.0.1:$redis_port" node "$home/network.cjs" >"$home/network.log" 2>&1 &
network=$!
trap 'kill "$network" "$redis" "$database" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$data"' EXIT
for _ in $(seq 180); do
  if grep -q '^ready' "$home/network.log"; then break; fi
  kill -0 "$network" 2>/dev/null || { tail -5 "$home/network.log"; exit 1; }
  sleep 1
done
BLUESKY_TEST_SERVER=127.0.0.1:2583 .venv/bin/pytest -q tests/real/bluesky.py
