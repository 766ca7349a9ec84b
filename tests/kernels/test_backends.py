"""The choice of a backend, and what importing the package costs."""

import subprocess
import sys

import numpy as np
import pytest

import kernels


def python(code, **environment):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=120)


@pytest.mark.costly
def test_none_takes_what_this_machine_has():
    image = np.arange(9.0).reshape(3, 3)
    assert kernels.conv2d(image, np.ones((2, 2))).tolist() == [[8, 12], [20, 24]]


def test_an_unknown_name_is_an_error():
    with pytest.raises(ValueError, match="backend must be one of cuda, simulator, cpu, numpy or None, not 'gpu'"):
        kernels.conv2d(np.ones((3, 3)), np.ones((2, 2)), backend="gpu")


@pytest.mark.costly
def test_cuda_without_a_gpu_says_so():
    code = (
        "import kernels, numpy as np\n"
        "from kernels.cuda.device import gpu_is_there\n"
        "if gpu_is_there(): raise SystemExit('a GPU is there')\n"
        "kernels.conv2d(np.ones((3, 3)), np.ones((2, 2)), backend='cuda')"
    )
    done = python(code)
    if "a GPU is there" in done.stderr:
        pytest.skip("this machine has a GPU")
    assert "BackendUnavailable: the backend cuda cannot run: no CUDA GPU can be used" in done.stderr


@pytest.mark.costly
def test_a_driver_older_than_the_compiler_is_said():
    code = (
        "from kernels.cuda import device\n"
        "device.cuda.is_available = lambda: True\n"
        "device.cuda.cudadrv.driver.get_version = lambda: (12, 4)\n"
        "device.cuda.runtime.get_version = lambda: (13, 0)\n"
        "assert not device.gpu_is_there()\n"
        "device.require(simulated=False)"
    )
    assert "driver is made for CUDA 12.4 and cannot load what the compiler of CUDA 13.0 makes" in python(code).stderr


def test_the_simulator_cannot_be_switched_on_later():
    code = "import numba, kernels, numpy as np; kernels.conv2d(np.ones((3, 3)), np.ones((2, 2)), backend='simulator')"
    assert "start Python with NUMBA_ENABLE_CUDASIM=1" in python(code).stderr


def test_the_simulator_switches_itself_on():
    code = "import kernels, numpy as np; print(kernels.conv2d(np.ones((3, 3)), np.ones((2, 2)), backend='simulator'))"
    assert python(code).stdout == "[[4. 4.]\n [4. 4.]]\n"


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import kernels, misconceptions, autograder.grading, sys\n"
        "from autograder.assignment import find\n"
        "find('cnn').reference()\n"
        "print({'numba', 'torch', 'jinja2'} & set(sys.modules))"
    )
    assert python(code).stdout == "set()\n"
