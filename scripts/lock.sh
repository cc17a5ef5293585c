#!/bin/sh
# Pins every dependency anew: writes requirements.lock and requirements-dev.lock.
# torch keeps its version but loses its hashes and local suffix, so that any build of it fits.
set -eu
cd "$(dirname "$0")/.."
compile="$PWD/.venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header
  --no-annotate --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options"

plain_torch() {
    awk '/^#/ || /^$/ { next }
         /^torch==/ { sub(/\+[a-z0-9.]+/, ""); sub(/ *\\$/, ""); print; skip = 1; next }
         skip && /^ +--hash/ { next } { skip = 0; print }' "$1" >"$1.new"
    mv "$1.new" "$1"
}

$compile --build-deps-for=editable --output-file=requirements.lock pyproject.toml
$compile --constraint=requirements.lock --output-file=requirements-dev.lock requirements-dev.in
plain_torch requirements.lock
plain_torch requirements-dev.lock
