#!/bin/sh
# Fetch the pinned npm packages of package.json and copy what the desk serves into static/core/vendor/, checked by digest.
# The registry is whatever npm is configured to use. `--write` records new digests after a version was raised on purpose.
set -eu
cd "$(dirname "$0")/.."
vendor=firstline/core/static/core/vendor
digests=scripts/vendor.sha256

npm install --no-package-lock --ignore-scripts --no-audit --no-fund --silent
mkdir -p "$vendor"
cp node_modules/htmx.org/dist/htmx.min.js "$vendor/htmx.min.js"
cp node_modules/htmx.org/LICENSE "$vendor/htmx.LICENSE.txt"
cp node_modules/lucide-static/LICENSE "$vendor/lucide.LICENSE.txt"
python3 scripts/sprite.py
if [ "${1:-}" = "--write" ]; then
    sha256sum "$vendor"/* > "$digests"
fi
sha256sum --check --quiet "$digests"
echo "vendored files are as recorded in $digests"
