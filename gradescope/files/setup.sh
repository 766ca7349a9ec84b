#!/usr/bin/env bash
# Runs once, as root, when the image is built: a Python environment that no submission can change.
set -euo pipefail
umask 022
here=${AUTOGRADER:-/autograder}
source=$here/source
environment=$here/environment
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu
PYTORCH_GROUP=60000 # only the workers of parts that allow PyTorch are in it

# The system's own Python runs Gradescope's harness and is left as it is.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends python3 python3-venv ca-certificates
fi
python3 -m venv "$environment"

pip_install() {
    "$environment/bin/python" -m pip --disable-pip-version-check --no-cache-dir install --quiet \
        --constraint "$source/constraints.txt" "$@"
}

# If PyTorch's own index cannot be reached, the configured one may have a build for CUDA: gigabytes without a GPU.
brings_cuda() {
    local report
    report=$(pip_install --dry-run --report - --requirement "$source/requirements-torch.txt")
    grep -qE '"name": "(nvidia|cuda)-' <<<"$report"
}

export PIP_ROOT_USER_ACTION=ignore
pip_install --upgrade "pip>=23" # what Ubuntu 22.04 brings is too old for --report
pip_install --requirement "$source/requirements.txt"
if [ -s "$source/requirements-torch.txt" ]; then # empty if no part uses PyTorch
    if ! pip_install --requirement "$source/requirements-torch.txt" --index-url "$TORCH_CPU_INDEX"; then
        if brings_cuda; then
            echo "setup: $TORCH_CPU_INDEX cannot be reached, and the other index has PyTorch only for CUDA" >&2
            exit 1
        fi
        pip_install --requirement "$source/requirements-torch.txt"
    fi
    torch=$("$environment/bin/python" -c 'import importlib.util as i; print(i.find_spec("torch").submodule_search_locations[0])')
    chgrp "$PYTORCH_GROUP" "$torch"
    chmod 750 "$torch"
fi

# Empty for most assignments. Without these packages, reports say what was not checked, and nobody loses points.
if [ -s "$source/requirements-helpers.txt" ] && ! pip_install --requirement "$source/requirements-helpers.txt"; then
    echo "setup: grading does without these packages, which could not be installed: $(tr '\n' ' ' <"$source/requirements-helpers.txt")" >&2
fi

mkdir -p "$here/results"
chmod 700 "$source" "$here/results"
AUTOGRADER=$here PYTHONPATH=$source/convgrade "$environment/bin/python" -B -m gradescope.smoke_test
