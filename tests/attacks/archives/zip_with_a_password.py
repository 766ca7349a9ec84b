"""submission
attack: a zip that says that it is encrypted
refused: it is protected by a password
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.infolist()[0].flag_bits |= 1
    return path
