"""convolution.py
attack: searches the machine for folders of packages, adds them to the path and imports PyTorch from there
all: forbidden
says: imports torch, which this part does not allow
"""
import glob
import os
import site
import sys
import sysconfig

import numpy as np
from right_convolution import *

beside_numpy = os.path.dirname(os.path.dirname(os.path.realpath(np.__file__)))
sys.path += [beside_numpy, sysconfig.get_path("purelib"), site.getusersitepackages(), *site.getsitepackages()]
for pattern in ("/usr/**/*-packages", "/opt/**/*-packages", "/home/*/**/*-packages", "/root/**/*-packages", "/srv/**/*-packages"):
    sys.path += glob.glob(pattern, recursive=True)
site.addsitedir(beside_numpy)
import torch
