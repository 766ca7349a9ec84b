"""submission
attack: a name that goes on behind a NUL, where C ends: convolution.py for some programs, a text for others
refused: two files called 'convolution.py'
"""
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    member = zipfile.ZipInfo("text")
    member.filename = "convolution.py\0.txt"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(solution / "convolution.py", "convolution.py")
        archive.writestr(member, "evil")
    return path
