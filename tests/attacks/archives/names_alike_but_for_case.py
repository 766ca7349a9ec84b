"""submission
attack: two files in the zip that are one file where upper and lower case do not count
refused: two files called
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.writestr("Convolution.py", "evil")
    return path
