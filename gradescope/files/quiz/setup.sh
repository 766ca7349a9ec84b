#!/usr/bin/env bash
# Runs once, as root, when the image is built. Grading a quiz needs Python alone: nothing is downloaded.
set -euo pipefail
umask 022
here=${AUTOGRADER:-/autograder}
if ! command -v python3 >/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends python3
fi
python3 -m venv --without-pip "$here/environment"
mkdir -p "$here/results"
chmod 700 "$here/source" "$here/results"
PYTHONPATH=$here/source/convgrade "$here/environment/bin/python" -B -c 'import gradescope.quiz'
echo "setup: the quiz can be graded"
