"""The homework on convolutional neural networks: 100 points in four parts."""

from autograder.checks.cnn.cifar10 import Cifar10
from autograder.checks.cnn.convolution import Convolution
from autograder.checks.cnn.parameters import Parameters
from autograder.checks.cnn.pooling import Pooling

TITLE = "Convolutional neural networks"
PARTS = (Convolution, Pooling, Parameters, Cifar10)
