"""What our notebooks use of Colab's own package, done as it does it. Source: googlecolab/colabtools, files.py and drive.py.

$UPLOADS names a folder with a folder for each time that somebody is asked to choose files: 1, 2, ...; one that is missing
stands for Cancel. What is downloaded comes to $DOWNLOADS.
"""

import itertools
import os
import shutil
from pathlib import Path

_asked = itertools.count(1)


class files:
    @staticmethod
    def upload():
        """Save what is chosen under a name that is free, and return the content of each by that name."""
        uploaded = {}
        for path in sorted(Path(os.environ["UPLOADS"], str(next(_asked))).glob("*")):
            names = itertools.chain([path.name], (f"{path.stem} ({count}){path.suffix}" for count in itertools.count(1)))
            saved = next(name for name in names if not Path(name).exists())
            shutil.copy(path, saved)
            uploaded[saved] = path.read_bytes()
        return uploaded

    @staticmethod
    def download(name):
        shutil.copy(name, os.environ["DOWNLOADS"])


class drive:
    @staticmethod
    def mount(place):
        Path(place, "MyDrive").mkdir(parents=True, exist_ok=True)
