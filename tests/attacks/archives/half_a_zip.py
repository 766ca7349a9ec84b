"""submission
attack: a zip that was cut in the middle
refused: it is not a zip, or only a part of one
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in solution.iterdir():
            archive.write(file, file.name)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return path
