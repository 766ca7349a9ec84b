"""What the CUDA kernels read and write: the tables and pictures of docs/kernels.md that need no GPU.

    .venv/bin/python -m benchmarks.kernel_traffic

The machine in gpu/ runs the kernels' own source on small layers, and records every access. The records
become the pictures in docs/kernels/ and the tables between marks in docs/kernels.md. The same kernels give the same bytes.
"""

import argparse
from pathlib import Path

from benchmarks.kernel_traffic.figures import TABLES
from benchmarks.kernel_traffic.pictures import PICTURES, svg
from benchmarks.markdown import fill

PAGE = Path(__file__).resolve().parents[2] / "docs" / "kernels.md"
FOLDER = PAGE.with_suffix("")


def main() -> None:
    """Write the pictures and fill the page."""
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    FOLDER.mkdir(exist_ok=True)
    for name in PICTURES:
        (FOLDER / name).write_text(svg(name))
    PAGE.write_text(fill(PAGE.read_text(), TABLES))


if __name__ == "__main__":
    main()
