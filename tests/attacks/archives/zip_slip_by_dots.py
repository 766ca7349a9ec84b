"""submission
attack: a member of the zip that climbs out of the folder by ".." and lands where everyone can write
refused: would end up outside its folder
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.writestr(20 * "../" + str(folder / "outside" / "escaped").lstrip("/"), "evil")
    return path
