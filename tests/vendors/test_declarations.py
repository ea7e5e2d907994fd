"""A declaration that cannot be read is named with its reason, and the others are read."""

import os

import pytest

from enrichment.vendors.declarations import declaration_files, not_read, read_declarations
from schemas.errors import DeclarationError, DropError
from schemas.vendor_spec import vendor_spec

GOOD = "vendor: acme\nformat: csv\nfiles: [feed.csv]\ncolumns: {sku: Code}\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "acme.yaml").write_text(GOOD)
    return tmp_path


@pytest.mark.parametrize(
    ("broken", "why"),
    [
        (GOOD.replace("acme", "bolt") + "colums: {}\n", "bolt.yaml:5: colums: no such key (closest: 'columns')"),
        ("vendor: [bolt\n", "bolt.yaml: not YAML: "),
        ("", "bolt.yaml:1: nothing is declared"),
        (GOOD, "bolt.yaml:1: vendor: 'acme' must be the file's name, 'bolt'."),
        (GOOD.encode() + b"title: caf\xe9\n", "bolt.yaml: no UTF-8 text"),
        ("folder", "bolt.yaml: Is a directory. Mend the file, or remove it."),
        ("link", "bolt.yaml: no such declaration."),
    ],
)
def test_one_that_cannot_be_read_is_told_in_a_line_and_the_others_are_read(folder, broken, why):
    at = folder / "bolt.yaml"
    if broken == "folder":
        at.mkdir()
    elif broken == "link":
        at.symlink_to(folder / "nowhere")
    else:
        at.write_bytes(broken if isinstance(broken, bytes) else broken.encode())
    found = read_declarations(folder)
    assert (list(found.specs), list(found.unread), found.names) == (["acme"], ["bolt"], ["acme", "bolt"])
    assert why in found.unread["bolt"]
    assert "\n" not in found.unread["bolt"]
    with pytest.raises(DeclarationError):
        vendor_spec(at)
    told = not_read("bolt", found.unread["bolt"])
    assert isinstance(told, DropError)
    assert "enrich vendors check bolt" in str(told)


def test_a_file_that_is_not_named_as_a_vendor_may_be_stands_under_a_name_that_stores_take(folder):
    (folder / "Acme Ltd\n.yaml").write_text(GOOD)
    (folder / os.fsdecode(b"caf\xe9.yaml")).write_text(GOOD)
    unread = read_declarations(folder).unread
    assert list(unread) == ["Acme%20Ltd%0A", "caf%E9"]
    assert all(why.encode() and "\n" not in why for why in unread.values())


def test_hidden_files_are_no_declarations(folder):
    (folder / ".#acme.yaml").symlink_to("somebody@somewhere")
    assert list(declaration_files(folder)) == ["acme"]
