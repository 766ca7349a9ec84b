"""submission
attack: a member of the zip whose name begins at the root of the file system
refused: would end up outside its folder
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.writestr(str(folder / "outside" / "escaped"), "evil")
    return path
