"""submission
attack: a name of 8,000 characters, two thousand folders deep
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in solution.iterdir():
            archive.write(file, file.name)
        archive.writestr(2_000 * "abc/" + "a.py", "evil")
    return path
