"""How long the notebooks of a homework take from top to bottom, for a student who has written everything.

    CONVGRADE_DATA=FOLDER .venv/bin/python -m benchmarks.notebooks [NAME|NAME/NOTEBOOK]... [--epochs 1]

Needs the images that the notebooks need. Networks train for --epochs instead of the notebooks' ten.
"""

import argparse
import os
import platform
import re
import shutil
import tempfile
import time
from datetime import date
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from autograder.assignment import Assignment, find
from autograder.datasets import fetch
from release import handout


def written(source: str, assigned: Assignment, epochs: int) -> str:
    """Return a cell with the solution where it writes a file, and with this many epochs where it trains."""
    if source.startswith("%%writefile "):
        magic = source.partition("\n")[0]
        return f"{magic}\n{(assigned.folder / magic.split()[1]).read_text()}"
    return re.sub(r"EPOCHS = 0, \d+", f"EPOCHS = 0, {epochs}", source)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", default=["cnn", "cuda", "neurons", "vision"])
    parser.add_argument("--epochs", type=int, default=1)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}")
    for named in asked.names:
        name, _, one = named.partition("/")
        assigned = find(name)
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            handout.write(assigned, folder)
            for part in assigned.parts:
                shutil.copy(assigned.folder / part.file, folder)
            for data in assigned.config.data_sets:
                fetch.fetch(data, folder, None, say=lambda _: None, progress=None)
            for path in sorted(folder.glob(one or "*.ipynb")):
                notebook = nbformat.read(path, as_version=4)
                for cell in notebook.cells:
                    cell.source = written(cell.source, assigned, asked.epochs)
                environment = {key: value for key, value in os.environ.items() if key != "CONVGRADE_DATA"}
                client = NotebookClient(
                    notebook, kernel_name="python3", resources={"metadata": {"path": folder}}, timeout=None
                )
                began = time.perf_counter()
                client.execute(env=environment)
                print(f"{name}/{path.name}: {time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
