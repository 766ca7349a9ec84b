"""Turn a script of cells (`# %%`) into a notebook, always with the same bytes."""


def notebook(script: str) -> str:
    """Return the notebook of a script in the percent format, as the text of an .ipynb file."""
    import jupytext
    import nbformat

    cells = jupytext.reads(script, fmt="py:percent")
    cells.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        **{name: value for name, value in cells.metadata.items() if name == "accelerator"},  # "GPU", for Colab
    }
    for position, cell in enumerate(cells.cells, start=1):
        cell.id = f"cell-{position}"  # nbformat's own are random
        # Colab then shows the title and the choices, and hides the code.
        cell.metadata = {"cellView": "form"} if cell.source.startswith("# @title ") else {}
    cells.nbformat, cells.nbformat_minor = 4, 5
    nbformat.validate(cells)
    written: str = nbformat.writes(cells)  # type: ignore[no-untyped-call]  # nbformat gives it no types
    return f"{written}\n"
