from __future__ import annotations

import random
import tracemalloc
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enrichment.vendors.cells import cell_texts
from enrichment.vendors.paths import lookup
from enrichment.vendors.port import Refusal, Row
from enrichment.vendors.xml.read import read_xml
from schemas.errors import DropError
from schemas.records import WHOLE_DROP, ProblemReason
from schemas.vendor_spec import VendorSpec
from tests.vendors import golden

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0">
 <channel>
  <title>Nordwind</title>
  <link>https://nordwind.example/</link>
  <item>
   <g:id>N-1</g:id>
   <title>Linen &amp; cotton shirt</title>
   <g:title>Shirt, google&#39;s</g:title>
   <description><![CDATA[<p>Soft & light</p>]]></description>
   <g:image_link>1.jpg</g:image_link>
   <g:additional_image_link>1b.jpg</g:additional_image_link>
   <g:additional_image_link>1c.jpg</g:additional_image_link>
   <g:price currency="EUR">49.90</g:price>
   <g:product_type>Women &gt; Shirts</g:product_type>
  </item>
  <item>
   <g:id>N-2</g:id>
   <g:title>
     Wool hat &#x2013; gro&#223;
   </g:title>
   <description/>
   <g:image_link>2.jpg</g:image_link>
   <g:additional_image_link>2b.jpg</g:additional_image_link>
   <g:price>12</g:price>
   <g:product_type>Men &gt; Hats</g:product_type>
  </item>
 </channel>
</rss>
"""
FEED_COLUMNS = {
    "sku": "g:id",
    "name": "title",
    "description": "description",
    "path": {"column": "product_type", "separator": ">", "levels": ["division", "class"]},
    "images": ["g:image_link", "g:additional_image_link[*]"],
}
EXPORT = """<export><head><date>2026-11-17</date></head><products count="2">
 <product id="E-1" xml:lang="en"><name lang="en">Dress</name>
  <images><image main="1"><url>1.jpg</url></image><image><url>1b.jpg</url></image></images>
  <variants><variant sku="E-1-S"><size>S</size></variant><variant sku="E-1-M"><size>M</size></variant></variants>
  <price currency="EUR">1.299,00</price></product>
 <product id="E-2"><name>Belt</name><images><image><url>2.jpg</url></image></images>
  <variants><variant sku="E-2-L"><size>L</size></variant></variants><price>9</price></product>
 <product id="E-3"><name>Bag</name><images/></product>
</products></export>"""
EXPORT_COLUMNS = {"sku": "@id", "name": "name", "images": "images.image[*].url", "sizes": "variants.variant[*].size"}


def many_attributes(count: int) -> str:
    return " ".join(f"n{n}=''" for n in range(count))


def spec(records: object = "item", columns: object = None, **more: object) -> VendorSpec:
    declared: dict[str, object] = {"records": records, "columns": columns or {"sku": "id"}, "attributes": {}}
    return golden.spec("xml", **(declared | more))


def rows(folder: Path, text: str | bytes, *paths: str, **more: object) -> list[Row | Refusal]:
    attributes = {f"carried_{at}": path for at, path in enumerate(paths)}
    declared = spec(**({"columns": {"sku": "id", "optional": ["id", *paths]}, "attributes": attributes} | more))
    path = golden.put(folder, declared, text.encode() if isinstance(text, str) else text)
    return list(read_xml(declared, path))


def row(folder: Path, inner: str, *paths: str) -> Row:
    (found,) = rows(folder, f"<r><item>{inner}</item></r>", *paths)
    assert not isinstance(found, Refusal)
    return found


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("records", ["channel.item", "rss.channel.item", "item"])
def test_a_feed_with_prefixes(tmp_path: Path, records: str, packed: bool) -> None:
    attributes = {"price": {"column": "price", "kind": "number"}, "currency": "g:price.@currency"}
    declared = spec(records, FEED_COLUMNS, attributes=attributes)
    drop = golden.read_bytes(declared, tmp_path, FEED.encode(), packed)
    assert drop.problems == []
    first, second = drop.products
    assert (first.sku, first.name, first.description) == ("N-1", "Linen & cotton shirt", "<p>Soft & light</p>")
    assert first.images == ("1.jpg", "1b.jpg", "1c.jpg")
    assert first.levels == ("Women", None, "Shirts", None, None)
    assert first.fields == {"price": "49.90", "currency": "EUR"}
    assert (second.name, second.description, second.images) == ("Wool hat – groß", "", ("2.jpg", "2b.jpg"))  # noqa: RUF001
    assert second.fields == {"price": "12"}


@pytest.mark.parametrize("image", ["images.image[*].url", "images.image.url"])
def test_an_export_with_attributes_variants_and_one_or_many_pictures(tmp_path: Path, image: str) -> None:
    attributes = {"price": {"column": "price", "kind": "number"}, "language": "@lang", "currency": "price.@currency"}
    declared = spec("products.product", EXPORT_COLUMNS | {"images": image}, attributes=attributes)
    drop = golden.read_bytes(declared, tmp_path, EXPORT.encode())
    assert [(p.row, p.column) for p in drop.problems] == []
    assert [(p.sku, p.name, p.images, p.sizes) for p in drop.products] == [
        ("E-1", "Dress", ("1.jpg", "1b.jpg"), ("S", "M")),
        ("E-2", "Belt", ("2.jpg",), ("L",)),
        ("E-3", "Bag", (), ()),
    ]
    assert drop.products[0].fields == {"price": "1299.00", "language": "en", "currency": "EUR"}


def test_a_record_is_what_xmltodict_makes_of_it(tmp_path: Path) -> None:
    inner = '<id>1</id><a x="1">t</a><b/><c y=""/><d> u <e>v</e> w </d><f>1</f><f><g>2</g></f><f/>'
    assert row(tmp_path, inner) == {
        "id": "1",
        "a": {"@x": "1", "#text": "t"},
        "b": None,
        "c": {"@y": ""},
        "d": {"e": "v", "#text": "u  w"},
        "f": ["1", {"g": "2"}, None],
    }


@pytest.mark.parametrize(
    ("inner", "path", "value"),
    [
        ("<i>a</i>", "i[*]", ["a"]),
        ("<i>a</i>", "i[0]", "a"),
        ("<i>a</i><i>b</i>", "i[1]", "b"),
        ("<i>a</i>", "i[1]", None),
        ("<i u='a'/>", "i[*].@u", ["a"]),
        ("<i><u>a</u></i><i/><i><u>b</u></i>", "i.u", ["a", "b"]),
        ("<i><u>a</u></i><i/>", "i[*].u", ["a", None]),
        ("<i>a</i>", "i.#text", "a"),
        ("<i>a</i><i l='x'>b</i>", "i.#text", ["a", "b"]),
        ("<i>a</i>", "i[*].#text", ["a"]),
        ("<i/>", "i.u", None),
        ("<g:i>a</g:i>", "i", "a"),
        ("<g:i>a</g:i>", "g:i", "a"),
        ("<g:i>a</g:i><g:i>b</g:i>", "i[*]", ["a", "b"]),
        ("<g:i>a</g:i><i>b</i>", "i", "b"),
        ("<g:i>a</g:i><h:i>b</h:i>", "i", None),
        ("<s><g:i>a</g:i></s><s><g:i>b</g:i></s>", "s.i", ["a", "b"]),
        ("<s><g:i>a</g:i></s><s><i>b</i></s>", "s.i", "b"),
        ("<s><g:i>a</g:i></s><s><h:i>b</h:i></s>", "s.i", None),
        ("<g:s><g:i>a</g:i></g:s>", "s.i[*]", ["a"]),
        ("<i xml:lang='en'>a</i>", "i.@lang", "en"),
        ("<i xmlns='urn:x' xmlns:g='urn:y'>a</i>", "i", "a"),
        ("<i.j>a</i.j>", "i.j", "a"),
        ("<p><i>a</i></p><p><i>b</i></p>", "p[*].i[*]", [["a"], ["b"]]),
        ("<p><i>a</i></p><p><i>b</i></p>", "p.i[*]", ["a", "b"]),
    ],
)
def test_paths(tmp_path: Path, inner: str, path: str, value: object) -> None:
    assert lookup(row(tmp_path, inner, path), path) == value


VARIANTS = "<v><i e='1' g='S'/><i e='2' g='M'/></v>"


@pytest.mark.parametrize(
    ("inner", "paths", "values"),
    [
        (VARIANTS, ("v.i[0].@e", "v.i.@g"), ("1", ["S", "M"])),
        (VARIANTS, ("v[0].i.@e", "v.i[1].@g"), (["1", "2"], "M")),
        ("<v><i e='1' g='S'/></v>", ("v.i[0].@e", "v.i.@g", "v.i[*].@g"), ("1", "S", ["S"])),
        ("<v><i e='1'/></v>", ("v.i[0].@e", "v.i.@g"), ("1", None)),
        ("<v/>", ("v.i[0].@e", "v.i.@g"), (None, None)),
        ("<f><n>a</n></f><f><n>b</n></f>", ("f.n", "f[1].n", "f[*].n"), (["a", "b"], "b", ["a", "b"])),
        ("<f>a</f><f>b</f>", ("f", "f[1]"), (["a", "b"], "b")),
        ("<f>a &gt; b</f>", ("f", "f[0]"), ("a > b", "a > b")),
        ("<f l='x'>a</f><f>b</f>", ("f.#text", "f[0].@l"), (["a", "b"], "x")),
        ("<p><i>a</i></p><p><i>b</i><i>c</i></p>", ("p.i[2]", "p[1].i", "p[1].i[0]"), ("c", ["b", "c"], "b")),
        ("<p><i>a</i></p><p/>", ("p.i[*]", "p[0].i"), (["a"], "a")),
        ("<p><q><i>a</i></q></p><p><q><i>b</i></q></p>", ("p.q.i", "p[0].q[0].i"), (["a", "b"], "a")),
        (
            "<p><g:i>a</g:i></p><p><g:i>b <b>c</b></g:i></p>",
            ("p.i", "p[0].x"),
            (["a", {"b": "c", "#text": "b c"}], None),
        ),
        ("<p><d>a <b>b</b></d></p>", ("p.d.#text", "p[0].t"), ("a", None)),
    ],
)
def test_paths_through_the_same_element_with_and_without_a_position(
    tmp_path: Path, inner: str, paths: tuple[str, ...], values: tuple[object, ...]
) -> None:
    found = row(tmp_path, inner, *paths)
    assert tuple(lookup(found, path) for path in paths) == values


def test_a_position_beside_none_leads_somewhere(tmp_path: Path) -> None:
    record = "<item id='{n}'><v><i ean='1' size='S'/><i ean='2' size='M'/></v></item>"
    text = f"<r>{''.join(record.format(n=n) for n in range(30))}</r>".encode()
    columns = {"sku": "@id", "name": "@id", "sizes": "v.i.@size"}
    attributes = {"ean": "v.i[0].@ean"}
    drop = golden.read_bytes(spec(columns=columns, attributes=attributes), tmp_path, text)
    assert drop.problems == []
    assert {(product.sizes, product.fields["ean"]) for product in drop.products} == {(("S", "M"), "1")}
    with pytest.raises(DropError, match=r"'v.i.@sise' leads nowhere in any of 30 rows .closest: 'v.i.@size'"):
        golden.read_bytes(spec(columns=columns | {"sizes": "v.i.@sise"}, attributes=attributes), tmp_path, text)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<n>Soft <b>wool</b> hat</n>", "Soft wool hat"),
        ("<n><p>Soft</p><ul><li>wool</li><li>warm</li></ul></n>", "Soft wool warm"),
        ("<n>Soft<br/>wool</n>", "Soft wool"),
        ("<n><![CDATA[<b>Soft</b> & warm]]></n>", "<b>Soft</b> & warm"),
        ("<n>&lt;b&gt; &amp;amp; &quot;x&quot; &#xe9;&#8211;</n>", '<b> &amp; "x" é–'),  # noqa: RUF001
        ("<n>\n  a\n  b  </n>", "a\n  b"),
        ("<n>a<!-- no -->b<?php no ?>c</n>", "abc"),
        ("<n lang='en'>Hat</n><n lang='de'>Hut</n>", "Hat, Hut"),
        ("<n \n/>", ""),
    ],
)
def test_text(tmp_path: Path, inner: str, text: str) -> None:
    declared = spec(columns={"sku": "id", "name": "n", "description": "id"})
    drop = golden.read_bytes(declared, tmp_path, f"<r><item><id>1</id>{inner}</item></r>".encode())
    assert [product.name for product in drop.products] == [text]


def test_a_record_of_text_alone_and_one_that_is_empty(tmp_path: Path) -> None:
    assert rows(tmp_path, "<r><item>A-1</item><item/><item a='1'/></r>") == [{"#text": "A-1"}, {}, {"@a": "1"}]


def test_a_record_within_a_record_is_part_of_it(tmp_path: Path) -> None:
    assert rows(tmp_path, "<r><item><id>1</id><item><id>2</id></item></item></r>") == [
        {"id": "1", "item": {"id": "2"}},
    ]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ("utf-8", None),
        ("utf-8-sig", None),
        ("utf-8-sig", "utf-8"),
        ("iso-8859-1", "ISO-8859-1"),
        ("cp1252", "windows-1252"),
        ("utf-16", "utf-16"),
        ("utf-16", None),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", None),
        ("shift_jis", "Shift_JIS"),
    ],
)
def test_the_file_says_its_encoding(tmp_path: Path, sent: str, said: str | None) -> None:
    word = "帽子" if sent == "shift_jis" else "Größe"
    head = "<?xml version='1.0'" + (f" encoding='{said}'?>" if said else "?>")
    assert rows(tmp_path, f"{head}\n<r><item><id>{word}</id></item></r>".encode(sent)) == [{"id": word}]


def test_the_declared_encoding_stands_above_the_one_that_the_file_says(tmp_path: Path) -> None:
    text = "<?xml version='1.0' encoding='utf-16'?><r><item><id>Größe</id></item></r>"
    with pytest.raises(DropError, match=r"another encoding than the declared utf-16: no byte is NUL.* fix encoding in"):
        rows(tmp_path, text)
    assert rows(tmp_path, text, encoding="utf-8") == [{"id": "Größe"}]


@pytest.mark.parametrize(
    ("said", "sent", "message"),
    [
        ("utf-8", "cp1252", "another encoding than the declared utf-8: .*fit cp1252"),
        ("iso-8859-1", "utf-8", "another encoding than the declared iso-8859-1: .*well-formed utf-8"),
        ("martian", "utf-8", "states encoding 'martian', which is not known. Ask the vendor, or declare encoding in"),
        ("idna", "utf-8", "'idna', which is not known"),
        ("unicode_escape", "utf-8", "which is not known"),
        ("base64", "utf-8", "which is not known"),
    ],
)
def test_a_wrong_or_unknown_encoding_stops_the_vendor(tmp_path: Path, said: str, sent: str, message: str) -> None:
    with pytest.raises(DropError, match=message):
        rows(tmp_path, f"<?xml version='1.0' encoding='{said}'?><r><item><id>Größe</id></item></r>".encode(sent))


def test_white_space_ahead_and_another_version_are_no_matter(tmp_path: Path) -> None:
    text = "\r\n <?xml version='1.1' standalone='no'?>\n<r><item><id>1</id></item></r>"
    assert rows(tmp_path, text) == [{"id": "1"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<r><item><id>1</id></item>", "truncated: ends before </r>"),
        ("<r><item><id>1</id></item><item><i", "truncated: ends before </item>"),
        ("<r><item><id><![CDATA[x", "truncated: ends before </id>"),
        ("<r><item><id a='x", "truncated: ends before </item>"),
        ("   ", "truncated: ends before a first element"),
        ("<r>\n<item><id>1</item></r>", "no XML here: .*, line 2: mismatched tag"),
        ("<r><item><id>Tom & Tim</id></item></r>", "invalid token.*; & is sent as &amp;"),
        ("<r><item><id>AT&T</id></item></r>", "invalid token.*; & is sent as &amp;"),
        ("<r><item><id>a&nbsp;b</id></item></r>", "a&nbsp;b.* undefined entity; & is sent as &amp;"),
        ("<r><item><id>a\x00b</id></item></r>", r"no XML here.*invalid token\)\. Ask the vendor to send it again"),
        ("<r><item><id>a\x0bb</id></item></r>", "no XML here"),
        ("<r><item><id>&#0;</id></item></r>", "invalid character number"),
        ("<r><item id='1' id='2'/></r>", "duplicate attribute"),
        ("<r></r><r></r>", "junk after document element"),
        ('{"id": 1}', "no XML here"),
        ("<html><body>Error<br></body></html>", "no XML here"),
    ],
)
def test_broken_documents_stop_the_vendor(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DropError, match=message):
        rows(tmp_path, text)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "subset",
    [
        f'[<!ENTITY l0 "ha">{LAUGHS}]',
        '[<!ENTITY l9 SYSTEM "file:///etc/hostname">]',
        '[<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]',
        'SYSTEM "x.dtd" [<!ATTLIST item id CDATA "1">]',
        "[]",
    ],
)
def test_no_document_type_declares_anything(tmp_path: Path, subset: str) -> None:
    with pytest.raises(
        DropError, match=r"declares entities or elements of its own .*Ask the vendor for XML without it"
    ):
        rows(tmp_path, f"<!DOCTYPE r {subset}><r><item><id>&l9;</id></item></r>")


def test_a_document_type_that_names_a_file_is_passed_over_and_the_file_never_opened(tmp_path: Path) -> None:
    (tmp_path / "x.dtd").write_text("<!ENTITY word 'hidden'><!ATTLIST item a CDATA 'given'>")
    start = f'<!DOCTYPE r SYSTEM "{(tmp_path / "x.dtd").as_uri()}">'
    assert rows(tmp_path, f"{start}<r><item><id>1</id></item></r>") == [{"id": "1"}]
    for inner in ("<item><id>&word;</id></item>", "<item id='a&word;b'/>"):
        with pytest.raises(DropError, match="undefined entity"):
            rows(tmp_path, f"{start}<r>{inner}</r>")


@pytest.mark.parametrize("levels", [48, 49, 5_000])
def test_a_record_nested_too_deeply_costs_its_row(tmp_path: Path, levels: int) -> None:
    deep = f"<item><id>1</id><a>{'<d>' * levels}{'</d>' * levels}</a></item>"
    first, second = rows(tmp_path, f"<r>{deep}<item><id>2</id></item></r>")
    assert second == {"id": "2"}
    assert isinstance(first, Refusal) == (levels > 48)
    if isinstance(first, Refusal):
        assert first.reason is ProblemReason.ROW_MALFORMED
        assert first.excerpt.startswith("nested deeper than 50 levels: <item><id>1")


@pytest.mark.parametrize("start", ["<item>", ""])
def test_nesting_without_end_stops_the_vendor(tmp_path: Path, start: str) -> None:
    with pytest.raises(DropError, match="more than 10000 elements within one another"):
        rows(tmp_path, f"<r>{start}{'<d>' * 300_000}")


@pytest.mark.parametrize(
    "long",
    [
        f"<id>{'x' * 700}</id>",
        f"<id>{'<![CDATA[x]]>' * 700}</id>",
        f"<id a='{'x' * 700}'/>",
        "<id/>" * 400,
        f"<{'x' * 700}/>",
        f"<id>{'&#65;' * 700}</id>",
    ],
)
def test_a_long_record_costs_its_row(tmp_path: Path, long: str) -> None:
    text = f"<r><item><n>A</n>{long}</item><item><id>2</id></item></r>"
    first, second = rows(tmp_path, text, limits={"record_chars": 600})
    assert isinstance(first, Refusal)
    assert (first.reason, first.excerpt[:11]) == (ProblemReason.ROW_TOO_LONG, "<item><n>A<")
    assert second == {"id": "2"}


def test_a_long_record_is_never_held(tmp_path: Path) -> None:
    declared = spec()
    path = tmp_path / declared.files[0]
    with path.open("w") as out:
        out.write("<r><item><id>")
        for _ in range(600):
            out.write("x" * 65_536)
        out.write("</id></item><item><id>2</id></item></r>")
    tracemalloc.start()
    try:
        first, second = read_xml(declared, path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert isinstance(first, Refusal)
    assert (first.reason, second) == (ProblemReason.ROW_TOO_LONG, {"id": "2"})
    assert peak < 12_000_000


@pytest.mark.parametrize(
    "text",
    [
        f"<r><item a='{'x' * 900_000}'/></r>",
        f"<r><!--{'x' * 900_000}--><item/></r>",
        f"<r><item {many_attributes(100_000)}/></r>",
    ],
    ids=["attribute", "comment", "attributes"],
)
def test_a_tag_without_end_stops_the_vendor(tmp_path: Path, text: str) -> None:
    with pytest.raises(DropError, match=r"one tag or comment of more than 400000 bytes.* raise limits.record_chars"):
        rows(tmp_path, text, limits={"record_chars": 100_000})


@pytest.mark.parametrize(
    "inner",
    [
        "".join(f"<n{n}/>" for n in range(30_000)),
        f"<{'n' * 2_000}/>",
        f"<a {many_attributes(30_000)}/>",
    ],
)
def test_names_without_end_stop_the_vendor(tmp_path: Path, inner: str) -> None:
    with pytest.raises(DropError, match="more than 1000 characters, or more than 20000 different names"):
        rows(tmp_path, f"<r><item>{inner}</item></r>")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            FEED,
            r"found: 'channel.item' \(2 times\)\. Add `records: channel.item`, or another, to schemas/",
        ),
        (EXPORT, r"found: 'products.product' \(3 times\), 'products.product.images.image' "),
        ("<p><product><id>1</id></product></p>", r"found: 'product' \(once\)\. Add `records: product`"),
        ("<p><sku id='1'/><sku id='2'/></p>", r"found: 'sku' \(2 times\)\. Add `records: sku`"),
        ("<p><name>1</name></p>", r"found: none\. Add `records` to"),
    ],
)
def test_the_record_is_never_guessed(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DropError, match=f"`records` does not say which element is a product; {message}"):
        rows(tmp_path, text, records="")


@pytest.mark.parametrize("records", ["entry", "channel.itm", "feed.item", "em"])
def test_a_wrong_record_is_told_with_those_that_are_there(tmp_path: Path, records: str) -> None:
    with pytest.raises(DropError, match=rf"no element of records '{records}'; found: 'channel.item' \(2 times\)\. Fix"):
        rows(tmp_path, FEED, records=records)


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("<r/>", "item"),
        ("<f:r xmlns:f='urn:f' xmlns='urn:g' xml:lang='en'>\n</f:r>", "item"),
        ("<r count='0'/>", "r.item"),
        ("<r><date>today</date></r>", "r.item"),
        ("<a:r xmlns:a='urn:a'><a:date>today</a:date></a:r>", "r.item"),
        ("<r><head><by>x</by><by>y</by></head><items/></r>", "items.item"),
        ("<rss><channel><title>none</title></channel></rss>", "rss.channel.item"),
        ("<rss><channel><title>none</title><a:link rel='self' href='x' type='y'/></channel></rss>", "channel.item"),
    ],
)
def test_a_delta_of_nothing(tmp_path: Path, text: str, records: str) -> None:
    assert rows(tmp_path, text, records=records) == []
    with pytest.raises(DropError, match="a full delivery without a row"):
        golden.read(spec(records, delivery="full"), tmp_path)


ERRORS = [
    "<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
    "<html><body>502 Bad Gateway</body></html>",
    "<Error>AccessDenied</Error>",
    "<error code='403'/>",
]


@pytest.mark.parametrize("text", ERRORS)
def test_an_error_page_is_no_delta_of_nothing(tmp_path: Path, text: str) -> None:
    said = r"found: '\w+' that says '(AccessDenied.*|502 Bad Gateway|403)'\. Ask the vendor to send it again"
    with pytest.raises(DropError, match=rf"no element of records 'item'; {said}.* such as `records: \w+\.item`"):
        rows(tmp_path, text)
    wanted = "no element of records 'channel.item' and none of 'channel', which an empty feed has"
    with pytest.raises(DropError, match=rf"{wanted}; {said}, or fix records in schemas/vendors/golden.yaml"):
        rows(tmp_path, text, records="channel.item")


def test_an_error_page_with_parts_is_told_by_its_name_and_bounded(tmp_path: Path) -> None:
    text = "<html><head><title>502</title></head><body><p>Bad</p><p>Gateway</p></body></html>"
    with pytest.raises(DropError, match=r"found: .*'body' .*if 'html' is no feed, ask the vendor to send it again"):
        rows(tmp_path, text, records="channel.item")
    with pytest.raises(DropError) as caught:
        rows(tmp_path, f"<{'e' * 900}>{'x' * 9_000}</{'e' * 900}>")
    assert len(str(caught.value)) < 600


def test_an_empty_feed_that_is_told_from_a_page_once_its_list_is_named(tmp_path: Path) -> None:
    text = "<feed><generated>today</generated></feed>"
    with pytest.raises(DropError, match=r"'feed' that says 'today'.*, such as `records: feed.item`\."):
        rows(tmp_path, text)
    assert rows(tmp_path, text, records="feed.item") == []


def test_records_by_local_name(tmp_path: Path) -> None:
    text = "<a:feed><a:entry><a:id>1</a:id></a:entry></a:feed>"
    for records in ("entry", "feed.entry", "a:entry"):
        assert [lookup(r, "id") for r in rows(tmp_path, text, "g", records=records) if not isinstance(r, Refusal)] == [
            "1"
        ]


def test_an_attribute_without_its_sign_is_told(tmp_path: Path) -> None:
    with pytest.raises(DropError, match=r"missing column 'id' \(closest: '@id'\)"):
        golden.read_bytes(spec("product", EXPORT_COLUMNS | {"sku": "id"}), tmp_path, EXPORT.encode())


def test_a_path_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    one = "<product id='{n}'><name>Hat</name><price currency='EUR'>1</price></product>"
    text = f"<r>{''.join(one.format(n=n) for n in range(30))}</r>"
    columns = {"sku": "@id", "name": "name"}
    with pytest.raises(DropError, match=r"'price.currency' leads nowhere .*closest: 'price.@currency'"):
        golden.read_bytes(spec("product", columns, attributes={"currency": "price.currency"}), tmp_path, text.encode())
    drop = golden.read_bytes(spec("product", columns, attributes={"unit": "price.measure"}), tmp_path, text.encode())
    assert [(p.row, p.reason) for p in drop.problems] == [(WHOLE_DROP, ProblemReason.COLUMN_ABSENT)]


# No declared path ends at any of them.
names = st.sampled_from(["e", "a", "b", "g:c"])
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"], exclude_characters="{"), min_size=1, max_size=5
)
values: st.SearchStrategy[object] = st.recursive(
    st.none() | texts,
    lambda inner: (
        st.dictionaries(names, inner | st.lists(inner, min_size=2, max_size=3), min_size=1, max_size=3)
        | st.fixed_dictionaries({"@k": texts, "#text": texts})
    ),
    max_leaves=6,
)
records = st.dictionaries(names, values, min_size=1, max_size=3)


def written(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(written(name, item) for item in value)
    if not isinstance(value, dict):
        return f"<{name}>{escape(str(value)) if value is not None else ''}</{name}>"
    attributes = "".join(f" {k[1:]}={quoteattr(v)}" for k, v in value.items() if k.startswith("@"))
    inner = "".join(written(k, v) for k, v in value.items() if k[0] not in "@#")
    return f"<{name}{attributes}>\n {escape(value.get('#text', ''))} {inner}</{name}>"


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(sent=st.lists(records, min_size=1, max_size=4))
def test_what_was_written_is_read(tmp_path: Path, sent: list[dict[str, object]]) -> None:
    text = f"<r>{''.join(written('item', one) for one in sent)}</r>"
    assert rows(tmp_path, text) == sent


trees = st.recursive(
    texts,
    lambda inner: st.lists(st.tuples(st.sampled_from(["a", "b"]), texts, inner), min_size=1, max_size=4),
    max_leaves=25,
)


def grown(tree: str | list[tuple[str, str, Any]]) -> str:
    if isinstance(tree, str):
        return escape(tree)
    return "".join(f"<{name}>{escape(text)} {grown(below)}</{name}>" for name, text, below in tree)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    tree=trees,
    path=st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3),
    listed=st.lists(st.integers(0, 7), min_size=1, max_size=3),
)
def test_paths_find_what_the_standard_library_finds(
    tmp_path: Path, tree: str | list[tuple[str, str, Any]], path: list[str], listed: list[int]
) -> None:
    text = f"<item>{grown(tree)}</item>"
    found = ElementTree.fromstring(text).findall("/".join(path))  # noqa: S314 what this very test wrote
    columns = [".".join(f"{key}[*]" if which >> at & 1 else key for at, key in enumerate(path)) for which in listed]
    declared = spec(columns={"sku": "id", "images": columns, "optional": ["id", *columns]})
    (read,) = read_xml(declared, golden.put(tmp_path, declared, f"<r>{text}</r>".encode()))
    assert not isinstance(read, Refusal)
    words = ["".join("".join(element.itertext()).split()) for element in found]
    for column in columns:
        assert ["".join(text.split()) for text in cell_texts(lookup(read, column), None)] == words


def test_where_the_text_is_cut_into_pieces_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    declared = spec("products.product", EXPORT_COLUMNS)
    path = golden.put(tmp_path, declared, EXPORT.encode())
    whole = list(read_xml(declared, path))
    for size in random.Random(3).sample(range(1, 300), 12):
        monkeypatch.setattr("enrichment.vendors.xml.text._CHUNK", size)
        assert list(read_xml(declared, path)) == whole
