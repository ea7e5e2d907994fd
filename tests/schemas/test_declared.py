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


def test_a_folder_and_another_encoding_are_declaration_errors(tmp_path):
    with pytest.raises(DeclarationError, match="Is a directory"):
        load(tmp_path, Root)
    path = tmp_path / "thing.yaml"
    path.write_bytes("leaves: [{name: größe}]".encode("latin-1"))
    with pytest.raises(DeclarationError, match="no UTF-8 text"):
        load(path, Root)


def test_nothing_in_a_declaration_is_executed(tmp_path):
    with pytest.raises(DeclarationError):
        load(write(tmp_path, "leaves: !!python/object/apply:os.getcwd []\n"), Root)


def test_an_unknown_key_is_told_with_those_that_are_allowed_there(tmp_path):
    with pytest.raises(DeclarationError) as wrong:
        load(write(tmp_path, "leafs: []\nleaves:\n- {name: a, siez: 3}\n"), Root)
    assert "thing.yaml:1: leafs: no such key (closest: 'leaves'); allowed: leaves" in str(wrong.value)
    assert "thing.yaml:3: leaves.0.siez: no such key (closest: 'size'); allowed: name, size" in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "line", "first"),
    [
        ("leaves: []\n\nleaves: []\n", 3, 1),
        ("leaves:\n- name: a\n  size: 1\n  name: b\n", 4, 2),
        ("leaves: [{name: a, name: a}]\n", 1, 1),
    ],
)
def test_a_key_stands_once(tmp_path, text, line, first):
    with pytest.raises(DeclarationError, match=rf"thing\.yaml:{line}: the key '\w+' stands in line {first} already"):
        load(write(tmp_path, text), Root)


def test_an_alias_is_no_repetition_and_may_name_itself(tmp_path):
    assert len(load(write(tmp_path, "leaves:\n- &one {name: a}\n- *one\n"), Root).leaves) == 2
    with pytest.raises(DeclarationError):
        load(write(tmp_path, "leaves: &all [*all]\n"), Root)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "- a\n", "leaves\n"])
def test_what_declares_nothing_says_which_keys_it_needs(tmp_path, text):
    with pytest.raises(DeclarationError, match=r"thing\.yaml:1: .*Write the keys that it needs: leaves"):
        load(write(tmp_path, text), Root)
