"""submission
attack: a zip whose packed content cannot be unpacked, while all of its directory is right
refused: homework.zip is a damaged zip file
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(solution / "convolution.py", "convolution.py")
    content = bytearray(path.read_bytes())
    content[44:100] = bytes(byte ^ 255 for byte in content[44:100])  # behind the header and the name
    path.write_bytes(content)
    return path
