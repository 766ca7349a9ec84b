#!/usr/bin/env bash
# Runs once, as root, when the image is built: an environment of Python's own, which no submission can change.
set -euo pipefail
umask 022
here=${AUTOGRADER:-/autograder}
source=$here/source
environment=$here/environment
TORCH_CPU_INDEX=https://download.pytorch.org/whl/cpu
PYTORCH_GROUP=60000 # only the workers of parts that allow PyTorch are in it

# The system's own Python runs Gradescope's harness and is left as it is.
if ! python3 -c 'import ensurepip, venv' 2>/dev/null || ! ldconfig -p | grep -q libseccomp; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -qq -y --no-install-recommends python3 python3-venv libseccomp2 ca-certificates
fi
python3 -m venv "$environment"

pip() {
    "$environment/bin/python" -m pip --disable-pip-version-check --no-cache-dir install --quiet --root-user-action ignore \
        --constraint "$source/constraints.txt" "$@"
}
pip --requirement "$source/requirements.txt"
pip --requirement "$source/requirements-torch.txt" --index-url "$TORCH_CPU_INDEX" ||
    pip --requirement "$source/requirements-torch.txt" # no way to PyTorch's own index: the configured one may bring CUDA too

torch=$("$environment/bin/python" -c 'import importlib.util as i; print(i.find_spec("torch").submodule_search_locations[0])')
chgrp "$PYTORCH_GROUP" "$torch"
chmod 750 "$torch"

mkdir -p "$here/results"
chmod 700 "$source" "$here/results"
AUTOGRADER=$here PYTHONPATH=$source/convgrade "$environment/bin/python" -B -m gradescope.ready
