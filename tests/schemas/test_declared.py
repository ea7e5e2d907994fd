import pytest

from schemas.declared import Declared, load
from schemas.errors import DeclarationError


class Leaf(Declared):
    name: str
    size: int = 0


class Root(Declared):
    leaves: tuple[Leaf, ...]


def write(tmp_path, text):
    path = tmp_path / "thing.yaml"
    path.write_text(text)
    return path


def test_a_declaration_becomes_its_model(tmp_path):
    assert load(write(tmp_path, "leaves:\n- {name: a, size: 2}\n"), Root).leaves == (Leaf(name="a", size=2),)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("leaves:\n- name: a\n- name: b\n  colour: red\n", 4),
        ("leaves:\n- name: a\n  size: big\n", 3),
        ("leaves:\n- name: a\n- size: 3\n", 3),
    ],
)
def test_a_complaint_names_file_and_line(tmp_path, text, line):
    with pytest.raises(DeclarationError, match=rf"thing\.yaml:{line}: "):
        load(write(tmp_path, text), Root)


def test_broken_yaml_and_absent_files_are_declaration_errors(tmp_path):
    with pytest.raises(DeclarationError, match="not YAML"):
        load(write(tmp_path, "leaves: [a"), Root)
    with pytest.raises(DeclarationError, match="no such declaration"):
        load(tmp_path / "absent.yaml", Root)


def test_nothing_in_a_declaration_is_executed(tmp_path):
    with pytest.raises(DeclarationError):
        load(write(tmp_path, "leaves: !!python/object/apply:os.getcwd []\n"), Root)
