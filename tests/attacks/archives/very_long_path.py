"""submission
attack: a name of 8,000 characters, two thousand folders deep
refused: a file with an unusable name
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.writestr(2_000 * "abc/" + "a.py", "evil")
    return path
