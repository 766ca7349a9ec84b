"""submission
attack: convolution.py is a device in the zip
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: missing
says: 'convolution.py' was left out: it is a link or not an ordinary file
"""
import stat
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    device = zipfile.ZipInfo("convolution.py")
    device.create_system, device.external_attr = 3, (stat.S_IFCHR | 0o666) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(device, "")
        for name in ("pooling.py", "parameters.py"):
            archive.write(solution / name, name)
    return path
