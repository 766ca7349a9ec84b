"""The images of part 4: CIFAR-10 where it is on the machine, and a small set that the package draws."""
