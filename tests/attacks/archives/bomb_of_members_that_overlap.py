"""submission
attack: a zip in which thirty names share the same 40 MB of zeros, packed once
refused: larger than 200 MB
"""
import copy
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.writestr("0.bin", bytes(40_000_000))
        for number in range(1, 30):
            archive.filelist.append(copy.copy(archive.infolist()[1]))
            archive.filelist[-1].filename = f"{number}.bin"
    return path
