#!/usr/bin/env bash
# Make .venv with convgrade and all that it needs. Safe to run again: it does only what is missing.
set -euo pipefail
cd "$(dirname "$0")"

VENV=.venv
NEEDED_MB=4000
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu
GPU=no

usage() {
    cat <<'TEXT'
Usage: ./setup.sh [--gpu]

Makes .venv with convgrade, PyTorch for the CPU, and what the tests need.
  --gpu    PyTorch and Numba for CUDA 13 instead: several gigabytes
Set PYTHON to choose the interpreter: 3.10 to 3.14.
TEXT
}

fail() {
    printf 'setup: %s\n' "$*" >&2
    exit 1
}

for option in "$@"; do
    case $option in
        --gpu) GPU=yes ;;
        -h | --help) usage; exit 0 ;;
        *) usage >&2; exit 2 ;;
    esac
done

# Submissions run as a user without rights when convgrade runs as root; that user has to be able to start Python.
everyone_can_run() {
    local place
    place=$("$1" -c 'import os, sys; print(os.path.realpath(sys.executable))')
    while [ "$place" != / ]; do
        place=$(dirname "$place")
        case $(ls -ld "$place") in d????????[xt]*) ;; *) return 1 ;; esac
    done
}

is_right_version() {
    "$1" -c 'import sys; sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null
}

can_make_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null
}

choose_python() {
    local candidate found="" old="" bare=""
    for candidate in ${PYTHON:-python3 /usr/bin/python3 python3.13 python3.12 python3.11 python3.10 python3.14 python}; do
        candidate=$(command -v "$candidate" || true)
        [ -n "$candidate" ] || continue
        if ! is_right_version "$candidate"; then old=$("$candidate" --version 2>&1 || true); continue; fi
        if ! can_make_venv "$candidate"; then bare=$candidate; continue; fi
        if [ "$(id -u)" != 0 ] || everyone_can_run "$candidate"; then echo "$candidate"; return; fi
        found=${found:-$candidate}
    done
    if [ -n "$found" ]; then echo "$found"; return; fi
    [ -z "$bare" ] || fail "$bare has no venv module; on Debian and Ubuntu: apt-get install python3-venv"
    [ -z "$old" ] || fail "convgrade needs Python 3.10 to 3.14, but found only $old; set PYTHON to a newer one"
    [ -z "${PYTHON:-}" ] || fail "PYTHON is set to $PYTHON, which is not there"
    fail "no Python found; install Python 3.10 to 3.14, or set PYTHON to where it is"
}

pip() {
    "$VENV/bin/python" -m pip --disable-pip-version-check "$@"
}

# Run pip with the versions of constraints.txt; on failure give the likely reason, or else the end of what pip said.
install() {
    local log
    log=$(mktemp)
    if ! pip install --quiet -c constraints.txt "$@" >"$log" 2>&1; then
        if grep -qiE 'no space left|errno 28' "$log"; then fail "the disk is full"; fi
        if grep -qiE 'connection|name resolution|network is unreachable|timed out|retrying|from versions: none' "$log"; then
            fail "packages could not be downloaded: check the network, then run ./setup.sh again"
        fi
        grep -v '^WARNING' "$log" | tail -n 15 >&2 || true
        fail "pip could not install: $*"
    fi
    rm -f "$log"
}

reaches() {
    "$VENV/bin/python" - "$1" <<'PY' 2>/dev/null
import sys, urllib.request
urllib.request.urlopen(sys.argv[1] + "/torch/", timeout=5)
PY
}

# The configured index may hold only builds for CUDA, or none: look before gigabytes are fetched.
offers_cpu_build() {
    pip install --quiet --dry-run --report - -c constraints.txt torch 2>/dev/null |
        "$VENV/bin/python" -c '
import json, sys
names = [item["metadata"]["name"].lower() for item in json.load(sys.stdin)["install"]]
sys.exit(any(name.startswith(("nvidia-", "cuda-")) for name in names))' 2>/dev/null
}

has_torch() {
    "$VENV/bin/python" -c 'import importlib.util, sys; sys.exit(not importlib.util.find_spec("torch"))'
}

install_torch() {
    if has_torch; then return; fi
    echo "setup: PyTorch for the CPU"
    if reaches "$TORCH_CPU_INDEX"; then
        install --no-deps torch --index-url "$TORCH_CPU_INDEX" # that index lacks the pinned versions of the rest
    elif offers_cpu_build; then
        install torch
    else
        echo "setup: PyTorch's index cannot be reached, so PyTorch is left out; what needs it says so, and the next ./setup.sh tries again"
    fi
}

# What .venv was made from: a change of any of it is work to do.
fingerprint() {
    { cat pyproject.toml constraints.txt setup.sh; echo "$GPU"; "$VENV/bin/python" --version; pwd; } | cksum
}

if [ -x "$VENV/bin/python" ] && [ -f "$VENV/made-from" ] && [ "$(cat "$VENV/made-from")" = "$(fingerprint)" ]; then
    echo "setup: $VENV is up to date"
    exit 0
fi

free_mb=$(df -Pm . | awk 'NR == 2 { print $4 }')
if [ ! -d "$VENV" ] && [ "$free_mb" -lt "$NEEDED_MB" ]; then
    fail "about $NEEDED_MB MB of disk are needed here, but only $free_mb MB are free"
fi

# The commands in .venv name the folder that it was made in: one that was moved is made again.
if ! { [ "$(cat "$VENV/made-in" 2>/dev/null)" = "$PWD" ] && "$VENV/bin/python" -c 'import pip' 2>/dev/null; }; then
    python=$(choose_python)
    echo "setup: $VENV with $("$python" --version) from $python"
    rm -rf "$VENV"
    "$python" -m venv "$VENV" || fail "$python could not make $VENV; on Debian and Ubuntu: apt-get install python3-venv"
    pwd >"$VENV/made-in"
fi

install --upgrade "pip>=23"
if [ "$GPU" = yes ]; then
    echo "setup: PyTorch and Numba for CUDA 13"
    # A build for the CPU has the same version, so pip would keep it.
    if "$VENV/bin/python" -c 'import torch, sys; sys.exit(torch.version.cuda is not None)' 2>/dev/null; then
        install_log=$(pip uninstall --quiet --yes torch 2>&1) || fail "$install_log"
    fi
    install -e ".[cuda,torch]"
else
    install_torch
fi
echo "setup: convgrade and its tests"
if has_torch; then
    install -e ".[dev,torch]"
    fingerprint >"$VENV/made-from"
else
    install -e ".[dev]"
fi
echo "setup: done; the command is $VENV/bin/convgrade"
