"""submission
attack: a zip whose directory has another checksum than the content
refused: homework.zip is a damaged zip file
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.infolist()[0].CRC ^= 1
    return path
