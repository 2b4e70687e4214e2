"""Sentences for what an import says: why a file cannot be read, why a record was set aside, and what to do about it."""

from fumikura.kernel.reasons import ReasonText

FILES: dict[str, ReasonText] = {
    "missing": ReasonText(
        "ファイルがありません。", "There is no such file.",
        "名前と場所を確かめてください。", "Check its name and place.",
    ),
    "directory": ReasonText(
        "これはフォルダーです。", "This is a folder.",
        "中のファイルを指定してください(例: fumikura import フォルダー/*.mrc)。",
        "Name the files in it (for example: fumikura import folder/*.mrc).",
    ),
    "unreadable": ReasonText(
        "ファイルを開けません。", "The file cannot be opened.",
        "読み取りの権限とディスクを確かめてください。", "Check its permissions and the disk.",
    ),
    "empty": ReasonText(
        "ファイルが空です。", "The file is empty.",
        "書き出しが最後まで終わっているか、もとのシステムで確かめてください。",
        "Check at its origin that the export was finished.",
    ),
    "zip": ReasonText(
        "これは ZIP の書庫で、MARC ではありません。", "This is a ZIP archive, not MARC.",
        "展開して、中の .mrc や .xml のファイルを指定してください。", "Unpack it and name the .mrc or .xml files inside.",
    ),
    "other-archive": ReasonText(
        "これは圧縮された書庫で、MARC ではありません。", "This is a packed archive, not MARC.",
        "展開してから指定してください(gzip だけはそのまま読めます)。", "Unpack it first (only gzip is read as it is).",
    ),
    "damaged-gzip": ReasonText(
        "圧縮(gzip)がこわれています。", "The gzip packing is damaged.",
        "ファイルをもう一度受け取り直してください。", "Fetch the file once more.",
    ),
    "excel": ReasonText(
        "これは Excel のブックです。", "This is an Excel workbook.",
        "Excel で「CSV UTF-8」として保存し、その CSV を指定してください。", "Save it from Excel as CSV UTF-8 and name that file.",
    ),
    "word": ReasonText(
        "これは Word の文書で、書誌のデータではありません。", "This is a Word document, not bibliographic data.",
        "MARC、MARCXML、CSV のどれかで書き出してください。", "Export MARC, MARCXML or CSV instead.",
    ),
    "old-office": ReasonText(
        "これは古い形式の Excel または Word のファイルです。", "This is an old Excel or Word file.",
        "「CSV UTF-8」として保存し、その CSV を指定してください。", "Save it as CSV UTF-8 and name that file.",
    ),
    "open-document": ReasonText(
        "これは LibreOffice の文書です。", "This is a LibreOffice document.",
        "CSV(UTF-8)として保存し、その CSV を指定してください。", "Save it as CSV (UTF-8) and name that file.",
    ),
    "epub": ReasonText(
        "これは電子書籍(EPUB)の本体です。", "This is an e-book (EPUB) itself.",
        "書誌の MARC か MARCXML を指定してください。", "Name the MARC or MARCXML that describes it.",
    ),
    "pdf": ReasonText(
        "これは PDF で、MARC ではありません。", "This is a PDF, not MARC.",
        "もとのシステムから MARC か MARCXML で書き出してください。", "Export MARC or MARCXML from the system it came from.",
    ),
    "picture": ReasonText(
        "これは画像です。", "This is a picture.",
        "MARC か MARCXML のファイルを指定してください。", "Name a MARC or MARCXML file.",
    ),
    "database": ReasonText(
        "これはデータベースのファイルです。", "This is a database file.",
        "控えを戻すときは fumikura restore を使ってください。", "To bring a backup back, use fumikura restore.",
    ),
    "utf-16": ReasonText(
        "文字コードが UTF-16 です。", "The file is in UTF-16.",
        "UTF-8 で保存し直してください。", "Save it as UTF-8.",
    ),
    "not-authorities": ReasonText(
        "典拠のファイルではありません。", "This is not a file of authorities.",
        "MARC の典拠（ISO 2709・MARCXML）か、「見出し」の列がある CSV を指定してください。",
        "Name MARC authorities (ISO 2709, MARCXML) or a CSV with a column 見出し.",
    ),
    "html": ReasonText(
        "これはウェブページ(HTML)で、MARC ではありません。", "This is a web page (HTML), not MARC.",
        "ダウンロードの途中で案内のページを保存したのかもしれません。受け取り直してください。",
        "A notice page may have been saved instead of the download. Fetch it again.",
    ),
    "other-xml": ReasonText(
        "XML ですが、MARCXML でも DC-NDL でもありません。", "This is XML, but neither MARCXML nor DC-NDL.",
        "OAI-PMH なら metadataPrefix に marcxml(marc21)か dcndl を指定して受け取り直してください。",
        "With OAI-PMH, ask again with the metadataPrefix marcxml (marc21) or dcndl.",
    ),
    "no-records": ReasonText(
        "検索の答えですが、1件も入っていません。", "This is the answer to a search, with no records in it.",
        "問い合わせの条件を変えて、受け取り直してください。", "Ask again with other terms.",
    ),
    "other-json": ReasonText(
        "JSON ですが、書誌の並びではありません。", "This is JSON, but no list of records.",
        "MARC-in-JSON か、1行に1件で title をもつ JSON Lines にしてください。",
        "Use MARC-in-JSON, or JSON Lines whose objects have a title.",
    ),
    "marc-mnemonic": ReasonText(
        "これは MARC の編集用テキスト(.mrk)です。", "This is MARC in its text form for editing (.mrk).",
        "MarcEdit などで ISO 2709(.mrc)に変換してください。", "Compile it to ISO 2709 (.mrc), with MarcEdit for example.",
    ),
    "no-title-column": ReasonText(
        "表ですが、書名の列が見つかりません。", "This is a table, but no column holds titles.",
        "1行目に列の名前を書き、書名の列を「書名」または title としてください。",
        "Put the column names in the first line and call that of the titles 書名 or title.",
    ),
    "unknown": ReasonText(
        "何のファイルか分かりません。MARC としても表としても読めませんでした。",
        "The file is of no known kind: neither MARC nor a table.",
        "MARC(ISO 2709)、MARCXML、JSON Lines、TSV、CSV のどれかで書き出してください。",
        "Export ISO 2709, MARCXML, JSON Lines, TSV or CSV.",
    ),
}  # fmt: skip

RECORDS: dict[str, ReasonText] = {
    "truncated": ReasonText(
        "レコードが途中で切れています。", "The record is cut off.",
        "ファイルの転送が終わっているか確かめ、受け取り直してください。", "Check that the transfer was finished and fetch it again.",
    ),
    "too-short": ReasonText(
        "レコードとして短すぎます。", "It is too short for a record.",
        "前後のレコードとあわせて、もとのファイルを確かめてください。", "Look at it in the file, with its neighbours.",
    ),
    "leader": ReasonText(
        "レコードの先頭(リーダー)が読めません。", "The leader cannot be read.",
        "もとのシステムで書き出し直してください。", "Export it again from its origin.",
    ),
    "directory": ReasonText(
        "フィールドの一覧(ディレクトリ)が中身と合いません。", "The directory does not fit the fields.",
        "もとのシステムで書き出し直してください。", "Export it again from its origin.",
    ),
    "no-fields": ReasonText(
        "中身のないレコードです。", "The record is empty.",
        "取り込むものはありません。", "There is nothing to take in.",
    ),
    "indicators": ReasonText(
        "指示子の数が MARC 21 と違います。", "The indicators are not those of MARC 21.",
        "MARC 21 に変換してから取り込んでください。", "Convert it to MARC 21 first.",
    ),
    "character-set": ReasonText(
        "文字コードが、書いてあるものと違います。", "The characters are not in the encoding it states.",
        "文字コードを指定して取り込み直してください(画面では「くわしい指定」、命令では --encoding cp932 のように)。",
        "Import it again and name the encoding (on the page under the further settings; as --encoding cp932 in the command).",
    ),
    "marc8-character": ReasonText(
        "MARC-8 の表にない文字があります。", "A character is in no table of MARC-8.",
        "もとの文字コードが分かれば、指定して取り込み直してください(画面では「くわしい指定」、命令では --encoding)。",
        "If its encoding is known, name it (on the page under the further settings, in the command with --encoding).",
    ),
    "marc8-escape": ReasonText(
        "MARC-8 の文字の切り替えがこわれています。", "A MARC-8 escape sequence is broken.",
        "もとのシステムで UTF-8 で書き出し直してください。", "Export it again in UTF-8 from its origin.",
    ),
    "unimarc-characters": ReasonText(
        "これは UNIMARC ですが、文字コードが UTF-8 ではありません。", "This is UNIMARC, but not in UTF-8.",
        "もとのシステムで UTF-8 で書き出すか、文字コードを指定してください(画面では「くわしい指定」、命令では --encoding)。",
        "Export it in UTF-8, or name its encoding (on the page under the further settings, in the command with --encoding).",
    ),
    "japan-marc-i": ReasonText(
        "2012年より前の JAPAN/MARC(251 に書名)です。", "This is JAPAN/MARC of before 2012 (title in 251).",
        "国立国会図書館から JAPAN/MARC MARC21 フォーマットで受け取り直してください。",
        "Fetch it from the National Diet Library as JAPAN/MARC in the MARC 21 format.",
    ),
    "not-bibliographic": ReasonText(
        "書誌ではありません(典拠や所蔵のレコード)。", "This is no bibliographic record (an authority or holdings).",
        "書誌のファイルを指定してください。", "Name a file of bibliographic records.",
    ),
    "deletion-notice": ReasonText(
        "配信元がこの書誌を消したという知らせです。", "The supplier says that it has deleted this record.",
        "所蔵がなければ、書誌を手で消してください。", "If no copies are left, delete the record by hand.",
    ),
    "number-reused": ReasonText(
        "ファイルの中で、同じ番号が別の書名に使われています。", "One number is used for two titles in this file.",
        "番号(001)を直してから取り込んでください。", "Put the number (001) right first.",
    ),
    "field-too-long": ReasonText(
        "フィールドが長すぎて、MARC に収まりません。", "A field is too long for MARC.",
        "注記や内容細目を分けてください。", "Divide its note or contents.",
    ),
    "record-too-long": ReasonText(
        "レコードが長すぎて、MARC に収まりません。", "The record is too long for MARC.",
        "所蔵の一覧などを除いてから取り込んでください。", "Leave out lists of holdings and the like.",
    ),
    "packing-damaged": ReasonText(
        "圧縮(gzip)がここでこわれています。",
        "The gzip packing is damaged here.",
        "ここから後ろは読めませんでした。受け取り直してください。",
        "Nothing behind this could be read. Fetch it again.",
    ),
    "xml": ReasonText(
        "XML がここでこわれています。", "The XML breaks here.",
        "ここから後ろは読めませんでした。受け取り直してください。", "Nothing behind this could be read. Fetch it again.",
    ),
    "json": ReasonText(
        "JSON として読めません。", "It cannot be read as JSON.",
        "この行を直してください。", "Put this line right.",
    ),
    "table-row": ReasonText(
        "行の列の数が、1行目と合いません。", "The row does not have the columns of the first line.",
        "この行を直してください。", "Put this row right.",
    ),
    "no-title": ReasonText(
        "書名がありません。", "There is no title.",
        "書名を入れてください。", "Enter a title.",
    ),
    "not-describable": ReasonText(
        "図書館システム側の不具合で、読み解けませんでした。", "Our system failed to understand it.",
        "この番号を添えて、担当者に知らせてください。", "Tell the system librarian, quoting its number.",
    ),
}  # fmt: skip


def file_words(code: str, language: str = "ja") -> tuple[str, str]:
    """Why the file cannot be read, and the way out."""
    return FILES.get(code, FILES["unknown"]).in_language(language)


def record_words(code: str, language: str = "ja") -> tuple[str, str]:
    """Why the record was set aside, and the way out."""
    return RECORDS.get(code, RECORDS["not-describable"]).in_language(language)


AUTHORITIES: dict[str, tuple[str, str]] = {
    "not-an-authority": ("人・団体・件名の典拠ではありません。", "Not an authority of a person, body or subject."),
    "no-heading": ("見出しがありません。", "It has no heading."),
    "unknown-kind": ("種類は「人」「団体」「件名」のどれかにしてください。", "The kind must be 人, 団体 or 件名."),
    "deletion-notice": ("削除の知らせです。取り込みません。", "A notice of deletion; not taken in."),
}
"""Why an entry of a file of authorities was left out."""


def authority_words(code: str, language: str = "ja") -> str:
    if code not in AUTHORITIES:
        return " ".join(record_words(code, language))
    japanese, english = AUTHORITIES[code]
    return japanese if language.startswith("ja") else english


OUTCOMES: dict[str, tuple[str, str]] = {
    "deleted": ("目録からなくす", "Taken out of the catalogue"),
    "restored": ("前の内容にもどす", "Put back to what it said before"),
    "in-use": ("残す: 資料や予約が付いている", "Left: copies or holds hang on it"),
    "changed-since": ("残す: 取り込みのあとで直されている", "Left: changed since the import"),
    "gone": ("何もしない: もう目録にない", "Nothing to do: no longer in the catalogue"),
}
"""What undoing an import makes of a record."""


def outcome_words(outcome: str, language: str = "ja") -> str:
    japanese, english = OUTCOMES.get(outcome, ("まだ", "Not yet"))
    return japanese if language.startswith("ja") else english
