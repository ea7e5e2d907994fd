"""One spelling for what British, American and hurried writers spell in several ways."""

from __future__ import annotations

COMMON = {
    "color": "colour", "colors": "colours", "colored": "coloured", "colourd": "coloured", "coloure": "colour",
    "gray": "grey", "jewellery": "jewelry", "jewelery": "jewelry", "moulded": "molded", "polarized": "polarised",
    "oxidized": "oxidised", "analog": "analogue", "fiber": "fibre", "center": "centre",
    "travelling": "traveling", "moisturizer": "moisturiser", "moisturizing": "moisturising", "odor": "odour",
    "accessorize": "accessorise", "multicolor": "multicolour", "multicolored": "multicoloured", "pajama": "pyjama",
    "pajamas": "pyjamas", "pyjammas": "pyjamas", "pijama": "pyjama", "colorblock": "colourblock", "sari": "saree",
    "saris": "sarees", "colorblocked": "colourblocked", "organizer": "organiser", "duffle": "duffel",
    "sleevless": "sleeveless", "sleveless": "sleeveless", "sleevelss": "sleeveless",
    "polyster": "polyester", "ployester": "polyester", "embroidary": "embroidery", "embroidry": "embroidery",
    "embriodered": "embroidered", "emboridered": "embroidered", "cottan": "cotton",
    "chifon": "chiffon", "shiffon": "chiffon", "leatherite": "leatherette",
    "lether": "leather", "elasticized": "elasticated",
    "elasticised": "elasticated", "stripped": "striped", "strips": "stripes", "woolen": "woollen",
    "tailoured": "tailored",
    "zippered": "zipped", "zips": "zip",
    "inches": "inch", "checkered": "checked",
    "chequered": "checked", "lehnga": "lehenga", "juti": "jutti", "mojri": "mojari", "mojris": "mojaris",
    "churidaar": "churidar", "dupata": "dupatta", "duppata": "dupatta", "kurthi": "kurti", "kurtha": "kurta",
    "salwaar": "salwar", "dail": "dial", "watche": "watch", "sheos": "shoes",
    "colur": "colour", "bagpack": "backpack", "bagpacks": "backpacks", "suade": "suede",
    "neckties": "ties", "maroone": "maroon", "turquiose": "turquoise", "wmns": "women",
}  # fmt: skip
"""Misspellings and regional spellings, each to the one the vocabulary uses; applied to texts and vocabulary alike.

No word of another language may stand here (``vocabulary/languages.yaml``): it would tell of English.
"""
_TURKISH = str.maketrans("\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}\N{LATIN SMALL LETTER DOTLESS I}", "ii")


def lowered(word: str) -> str:
    """Return ``word`` in lower case as ``re.IGNORECASE`` reads it: a pattern's "i" finds Turkish i's too."""
    return word.translate(_TURKISH).lower()
