"""submission
attack: two files of the same name in the zip: who looks at the first has not seen what the last one is
refused: two files called 'convolution.py'
"""
import warnings
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("convolution.py", "evil")
        archive.write(solution / "convolution.py", "convolution.py")
    return path
