import ast
import json
from pathlib import Path

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "published_catalogue.ipynb"


def test_the_notebook_reads_published_artifacts_only_and_carries_no_output():
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert not any(cell["outputs"] or cell["execution_count"] for cell in cells)
    tree = ast.parse("\n".join("".join(cell["source"]) for cell in cells))
    imported = {
        n.module if isinstance(n, ast.ImportFrom) else n.names[0].name
        for n in ast.walk(tree)
        if isinstance(n, ast.Import | ast.ImportFrom)
    }
    assert imported == {"json", "os", "pathlib", "pandas", "enrichment.index.load"}
