"""submission
attack: two files in the zip whose names differ, ./convolution.py and convolution.py, but that are unpacked to the same place
refused: two files called
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.writestr("./convolution.py", "evil")
    return path
