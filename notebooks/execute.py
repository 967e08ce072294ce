"""Executes a notebook in its folder and fails where a cell fails: python execute.py tour.ipynb"""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

path = Path(sys.argv[1])
notebook = nbformat.read(path, as_version=4)
NotebookClient(
    notebook,
    timeout=120,
    kernel_name="python3",
    resources={"metadata": {"path": str(path.resolve().parent)}},
).execute()
print(f"{path.name}: {sum(cell.cell_type == 'code' for cell in notebook.cells)} cells ran")
