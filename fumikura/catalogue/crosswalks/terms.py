"""The words of DC-NDL and where each stands in MARC 21: what the reader and the writer share.

Source: 国立国会図書館ダブリンコアメタデータ記述(DC-NDL), 2020 and 2023 editions; JAPAN/MARC MARC 21 format.
"""

NAMESPACES = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "dcndl": "http://ndl.go.jp/dcndl/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
}
NDL = "JTNDL"
"""MARC 003 of the National Diet Library: its records have the same identity from DC-NDL and from JAPAN/MARC."""
OWN_ADDRESS = "urn:fumikura:record:"


def term(name: str) -> str:
    """The name as lxml writes it: term("dc:title")."""
    prefix, _colon, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


SCHEMES: dict[str, tuple[str, str]] = {
    "ISBN": ("020", "a"),
    "SetISBN": ("020", "q"),
    "ErrorISBN": ("020", "z"),
    "ISSN": ("022", "a"),
    "ISSNL": ("022", "l"),
    "ErrorISSN": ("022", "z"),
    "JPNO": ("015", "jnb"),
    "USMARCNO": ("010", "a"),
    "OCLCNO": ("035", "OCoLC"),
    "NIIBibID": ("035", "JP-ToKJK"),
    "TOHANMARCNO": ("035", "JP-ToTOH"),
    "NSMARCNO": ("035", "JP-ItNTS"),
    "NDLBibID": ("035", NDL),
}
"""Kinds of identifier that have a place of their own; every other goes to 024 under its own name in small letters."""

CLASSES = {
    "NDC10": "njb/10",
    "NDC9": "njb/09",
    "NDC8": "njb/08",
    "NDC7": "njb/07",
    "NDC6": "njb/06",
    "NDC": "njb",
    "NDLC": "kktb",
    "UDC": "udc",
    "GHQSCAP": "ghqscap",
}
"""Classifications in 084 by their $2; DDC and LCC have fields of their own."""

MATERIALS: dict[str, tuple[str, str]] = {
    "Braille": ("am", "f"),
    "LargePrint": ("am", "d"),
    "DAISY": ("im", " "),
    "Newspaper": ("as", " "),
    "Journal": ("as", " "),
    "Periodical": ("as", " "),
    "MusicScore": ("cm", " "),
    "Map": ("em", " "),
    "Music": ("jm", " "),
    "Sound": ("im", " "),
    "SoundRecording": ("im", " "),
    "MovingImage": ("gm", " "),
    "Video": ("gm", " "),
    "StillImage": ("km", " "),
    "PicturePostcard": ("km", " "),
    "Photograph": ("km", " "),
    "Painting": ("km", " "),
    "Poster": ("km", " "),
    "Software": ("mm", " "),
    "Dataset": ("mm", " "),
    "Manuscript": ("tm", " "),
    "Thesis": ("am", " "),
    "Article": ("aa", " "),
    "AncientBook": ("am", " "),
    "Book": ("am", " "),
}
"""Leader/06–07 and 008/23 of each type, the telling ones first."""

KIND_TERMS = {
    "braille": "http://ndl.go.jp/ndltype/Braille",
    "large-print": "http://ndl.go.jp/ndltype/LargePrint",
    "daisy": "http://ndl.go.jp/ndltype/DAISY",
    "newspaper": "http://ndl.go.jp/ndltype/Newspaper",
    "magazine": "http://ndl.go.jp/ndltype/Journal",
    "score": "http://ndl.go.jp/ndltype/MusicScore",
    "map": "http://ndl.go.jp/ndltype/Map",
    "video": "http://purl.org/dc/dcmitype/MovingImage",
    "dvd": "http://purl.org/dc/dcmitype/MovingImage",
}
"""The type written for each kind of record that tells itself from leader and 008; music, sound and others see LEADER_TERMS."""

LEADER_TERMS = {
    "j": "http://ndl.go.jp/ndltype/Music",
    "i": "http://purl.org/dc/dcmitype/Sound",
    "k": "http://purl.org/dc/dcmitype/StillImage",
    "m": "http://purl.org/dc/dcmitype/Software",
    "t": "http://ndl.go.jp/ndltype/Manuscript",
}
BOOK = "http://ndl.go.jp/ndltype/Book"

WRITTEN_MATERIALS = {*KIND_TERMS.values(), *LEADER_TERMS.values(), BOOK}
"""Types that the leader and 008 keep by themselves."""

AUDIENCES = {"一般": "g", "児童": "j", "青少年": "d", "教育": "g"}
COUNTRIES = {
    "JP": "ja ", "US": "xxu", "GB": "xxk", "CN": "cc ", "TW": "ch ", "KR": "ko ", "KP": "kn ", "FR": "fr ", "DE": "gw ",
    "IT": "it ", "ES": "sp ", "RU": "ru ", "NL": "ne ", "CH": "sz ", "CA": "xxc", "AU": "at ", "IN": "ii ", "AT": "au ",
}  # fmt: skip
FREQUENCIES = {
    "年刊": "a",
    "月刊": "m",
    "週刊": "w",
    "日刊": "d",
    "季刊": "q",
    "隔月刊": "b",
    "半年刊": "f",
    "隔週刊": "e",
}

SERIES_CREATOR = "シリーズの責任表示: "
"""Opens the note that keeps dcndl:seriesCreator, for which MARC has no place."""

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
DRAFTED = "ja-Kana-x-draft"
"""The language of a reading that nobody has confirmed."""
