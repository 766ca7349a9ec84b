"""submission
attack: launches no block at all, so that nothing goes wrong; and asks for blocks that are not numbers
1.1 1.2 1.3 1.4 1.5: wrong
2.1 2.2 2.3 2.4 2.5: wrong
says: but this one has 0
says: each an int or a tuple of up to three ints
"""


def make(folder, solution):
    with (solution / "mapping.py").open() as stream:
        text = stream.read()
    (solution / "mapping.py").write_text(text.partition("def launch_scale")[0] + "def launch_scale(size):\n    return 0, 256\n")
    with (solution / "indexing.py").open() as stream:
        text = stream.read()
    text = text.partition("def launch_darken")[0] + "def launch_darken(height, width):\n    return (height / 2, (1, (2, 3))), 256\n"
    (solution / "indexing.py").write_text(text)
    return solution
