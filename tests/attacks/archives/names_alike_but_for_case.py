"""submission
attack: two files in the zip that are one file where upper and lower case do not count: only the first is unpacked
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in solution.glob("*.py"):
            archive.write(file, file.name)
        archive.writestr("Convolution.py", "evil")
    return path
