"""Which Python a kernel may be written in."""

import ast


def vet(source, file):
    return ast.parse(source, file)
