"""submission
attack: three thousand files in a small zip
refused: more than 2000 files
"""

import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        for number in range(3_000):
            archive.writestr(f"{number}.txt", "")
    return path
