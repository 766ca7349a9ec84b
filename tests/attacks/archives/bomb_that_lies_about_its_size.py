"""submission
attack: a zip whose directory promises 10 bytes where 60 MB come out
refused: homework.zip is a damaged zip file
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("convolution.py", bytes(60_000_000))
        archive.infolist()[0].file_size = 10
    return path
