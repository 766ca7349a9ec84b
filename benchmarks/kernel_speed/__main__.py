"""How fast the kernels are: convolution by every rung of the ladder, and pooling, beside the vendors' libraries in one run.

    .venv/bin/python -m benchmarks.kernel_speed [--only cpu|gpu] [--quick] [--out FILE]
    .venv/bin/python -m benchmarks.kernel_speed --plot
    .venv/bin/python -m benchmarks.kernel_speed --sanitize

Measures the GPU, if there is one, and the CPU. A kernel's result is checked before its time counts. The rows of a machine
replace its rows in FILE (docs/kernels.json), each as soon as it is measured: a run that is cut off loses none. The other
machine stays as it was, in FILE or else in docs/kernels.json. At the end, goals are judged, and tables and pictures are
drawn again from the file, beside it; --plot does only that. --quick measures one layer of each kind, and writes only to
--out.

--sanitize runs the kernels' tests on a GPU under compute-sanitizer: sanitizer.py describes what that finds.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

from tqdm import tqdm

from benchmarks.kernel_speed import layers, tables
from benchmarks.kernel_speed.plots import draw
from benchmarks.kernel_speed.sanitizer import sanitize

Value = TypeVar("Value")
ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS, PAGE = ROOT / "docs" / "kernels.json", ROOT / "docs" / "kernels.md"


def load(file: Path) -> dict:
    """Return what was measured so far."""
    return json.loads(file.read_text()) if file.exists() else {"cpu": None, "gpu": None}


def store(results: dict, file: Path) -> None:
    """Write the results, a row a line, in one step."""
    parts = []
    for name, found in results.items():
        if found is None:
            parts.append(f'"{name}": null')
            continue
        about = json.dumps({key: value for key, value in found.items() if key != "rows"}, indent=1, ensure_ascii=False)
        rows = ",\n".join(json.dumps(each, ensure_ascii=False) for each in found["rows"])
        parts.append(f'"{name}": {about[:-2]},\n "rows": [\n{rows}\n]}}')
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text("{\n" + ",\n".join(parts) + "\n}\n")
    os.replace(draft, file)


def measure(name: str, about: dict, rows: Iterable[dict], results: dict, file: Path | None) -> None:
    """Fill in the results of one machine, and write them after each row."""
    results[name] = {**rounded(about), "rows": []}
    for row in rows:
        results[name]["rows"].append(rounded(row))
        if file:
            store(results, file)


def rounded(value: Value) -> Value:
    """Return a value with four digits of each float: more are noise."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return float(f"{value:.4g}") if isinstance(value, float) else value


def on_cpu(asked: argparse.Namespace, results: dict, file: Path | None) -> None:
    """Measure the CPU."""
    from benchmarks.kernel_speed import cpu

    cpu.prepare(asked.threads)
    chosen = layers.few("cpu") if asked.quick else layers.layers("cpu")
    rows = cpu.rows(chosen, asked.rounds)
    measure("cpu", cpu.about(asked.threads), tqdm(rows, "CPU", len(chosen)), results, file)


def on_gpu(asked: argparse.Namespace, results: dict, file: Path | None) -> None:
    """Measure the GPU."""
    from benchmarks.kernel_speed import gpu

    card = gpu.Card()
    chosen = layers.few("gpu") if asked.quick else layers.layers("gpu")
    rows = gpu.rows(card, chosen, asked.rounds, tuple(asked.skip))
    measure("gpu", card.about(), tqdm(rows, "GPU", len(chosen)), results, file)


def gpu_is_there() -> bool:
    """Return whether both Numba and PyTorch can use a GPU."""
    import torch

    from kernels.cuda.device import gpu_is_there as numba_sees_it

    return torch.cuda.is_available() and numba_sees_it()


def redraw(results: dict, folder: Path) -> None:
    """Draw the pictures beside the results, and the tables into the page if it is there."""
    draw(results, folder)
    page = folder / PAGE.name
    if page.exists():
        page.write_text(tables.fill(page.read_text(), results))


def main() -> None:
    """Measure, and print tables and goals."""
    arguments = argparse.ArgumentParser(
        "python -m benchmarks.kernel_speed", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--only", choices=("cpu", "gpu"), help="measure only the CPU or only the GPU")
    arguments.add_argument("--quick", action="store_true", help="measure one layer of each kind")
    arguments.add_argument("--out", type=Path, metavar="FILE", help="where to write the results; docs/kernels.json")
    arguments.add_argument("--rounds", type=int, default=7, help="samples of each time; %(default)s")
    arguments.add_argument("--threads", type=int, default=os.cpu_count(), help="threads on the CPU; %(default)s")
    arguments.add_argument("--skip", metavar="RUNG", action="append", default=[], help="omit a rung of the ladder")
    arguments.add_argument("--plot", action="store_true", help="measure nothing; draw tables and pictures again")
    arguments.add_argument("--sanitize", action="store_true", help="run the kernels' tests under compute-sanitizer")
    asked = arguments.parse_args()
    if asked.sanitize:
        sanitize()
        return
    file = asked.out or (None if asked.quick else RESULTS)
    results = load(file if file and file.exists() else RESULTS)
    if not asked.plot:
        if asked.only == "gpu" and not gpu_is_there():
            sys.exit("no CUDA GPU can be used by Numba and PyTorch here")
        if asked.only != "cpu" and gpu_is_there():
            on_gpu(asked, results, file)
        if asked.only != "gpu":
            on_cpu(asked, results, file)
    if file:
        store(results, file)
        redraw(results, file.parent)
    print(tables.text(results))
    rows = [each for found in results.values() if found for each in found["rows"]]
    if wrong := [f"{layers.read(each['layer']).name}: {each['wrong']}" for each in rows if each["wrong"]]:
        sys.exit("Not timed, since wrong:\n" + "\n".join(wrong))


if __name__ == "__main__":
    main()
