"""submission
attack: convolution.py is a device in the zip
refused: 'convolution.py', a link or no ordinary file
"""
import stat
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    device = zipfile.ZipInfo("convolution.py")
    device.create_system, device.external_attr = 3, (stat.S_IFCHR | 0o666) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(device, "")
        archive.write(solution / "pooling.py", "pooling.py")
    return path
