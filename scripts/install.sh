#!/bin/sh
# Creates .venv if it is missing and installs the committed locks into it.
# Usage: scripts/install.sh LOCK...   A lock that is already in (same content) costs nothing.
# PYTHON picks the interpreter; TORCH_INDEX picks the package index that torch comes from
# (README, «CPU or CUDA»); without it pip's own configuration decides.
set -eu
cd "$(dirname "$0")/.."

if [ ! -x .venv/bin/python ]; then
    python=${PYTHON:-$(command -v python3.11 || command -v python3)}
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
        echo "Fengsui needs Python 3.11 or newer; $python is older. Set PYTHON=/path/to/python3.11." >&2
        exit 1
    }
    "$python" -m venv .venv
fi

for lock in "$@"; do
    stamp=.venv/.installed-$lock
    wanted=$(cat "$lock" pyproject.toml | sha256sum)
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && continue
    echo "Installing $lock (some minutes) ..."
    # torch carries no hash: its CPU and CUDA builds differ, and either is right. pip demands
    # hashes for all or for none, so torch goes in by itself, after everything else.
    grep -v '^torch==' "$lock" >.venv/hashed.txt
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r .venv/hashed.txt
    torch=$(grep '^torch==' "$lock" || true)
    if [ -n "$torch" ]; then
        # The longest step by far: without a word it would look hung.
        echo "Installing $torch from ${TORCH_INDEX:-the index that pip is set to; from PyPI that is a CUDA build of several GB} ..."
        .venv/bin/python -m pip install --quiet --disable-pip-version-check ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$torch"
    fi
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
    printf '%s' "$wanted" >"$stamp"
done
