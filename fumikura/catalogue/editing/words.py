"""Sentences for what the checks find and for what can be wrong with a batch of changes."""

from fumikura.kernel.reasons import ReasonText

FINDINGS: dict[str, ReasonText] = {
    "line-no-tag": ReasonText("{about} 行目はフィールドとして読めません。", "Line {about} is no field.", "245 00 $a… のように、3けたの番号から書きます。", "Begin with a tag of three digits: 245 00 $a…"),
    "line-no-subfields": ReasonText("{about} 行目にサブフィールドがありません。", "Line {about} has no subfields.", "$a のあとに内容を書きます。", "Write the text behind $a."),
    "line-empty-field": ReasonText("{about} 行目は空です。", "Line {about} is empty.", "内容を書くか、行を消してください。", "Write something or delete the line."),
    "line-bad-indicators": ReasonText("{about} 行目の指示子が読めません。", "The indicators of line {about} cannot be read.", "番号のあとに 2 字(空白は #)を書きます。", "Two characters behind the tag, # for a blank."),
    "no-title": ReasonText("書名がありません。", "There is no title.", "書名を入れると保存できます。", "With a title it can be saved."),
    "leader": ReasonText("リーダー(LDR)は 24 字です。", "The leader (LDR) has 24 characters.", "テンプレートのリーダーを写してください。", "Copy the leader of a template."),
    "only-once": ReasonText("{about} は 1 つだけの項目です。", "{about} may stand once only.", "どちらかを残してください。", "Keep one of them."),
    "odd-tag": ReasonText("{about} という番号は MARC にありません。", "{about} is no tag of MARC.", "3 けたの数字にしてください。", "Use three digits."),
    "odd-indicators": ReasonText("指示子が数字でも空白でもありません({about})。", "The indicators are neither digits nor blanks ({about})."),
    "says-nothing": ReasonText("{about} が空です。保存すると消えます。", "{about} is empty and goes when it is saved."),
    "fixed-length": ReasonText("008 は 40 字です(いまは {about} 字)。", "008 has 40 characters (now {about})."),
    "isbn": ReasonText("ISBN の検査数字が合いません({about})。", "The check digit of the ISBN is wrong ({about}).", "奥付と同じなら、そのままで保存できます。", "If the book says so, save it as it is."),
    "issn": ReasonText("ISSN の検査数字が合いません({about})。", "The check digit of the ISSN is wrong ({about}).", "資料のとおりなら、そのままで保存できます。", "If it is printed so, save it as it is."),
    "ndc": ReasonText("NDC の形ではありません({about})。", "This is no NDC class ({about}).", "913.6 のように書きます。", "Write it as 913.6."),
    "reading-of-nothing": ReasonText("読みのもとの項目がありません({about})。", "A reading belongs to no field ({about}).", "もとの項目の $6 を確かめてください。", "Look at $6 of the field it belongs to."),
    "link-to-nothing": ReasonText("$6 の先に読みがありません({about})。", "$6 leads to no reading ({about}).", "読みを書くか、$6 を消してください。", "Write the reading or delete $6."),
    "no-reading": ReasonText("読みがありません({about})。", "There is no reading ({about}).", "カタカナで、分かち書きで入れてください。", "Write it in katakana, word by word."),
    "reading-not-kana": ReasonText("読みにかな以外の字があります({about})。", "The reading is not all kana ({about}).", "カタカナにしてください。", "Write it in katakana."),
    "year": ReasonText("出版年が {about} になっています。", "The year is {about}.", "西暦 4 けたで書きます。", "Write four digits."),
    "language": ReasonText("ことばの符号が読めません({about})。", "The code of the language cannot be read ({about}).", "jpn のように 3 字で書きます。", "Three letters, for example jpn."),
    "same-isbn": ReasonText("同じ ISBN の書誌があります:{about}", "There is a record with this ISBN: {about}", "同じ本なら、そちらに資料を足してください。", "If it is the same book, add the copy there."),
    "same-work": ReasonText("書名と著者が同じ書誌があります:{about}", "There is a record with this title and author: {about}", "同じ本なら、そちらに資料を足してください。別の版なら、保存すると、いっしょに並びます。", "If it is the same book, add the copy there. Another edition will stand together with it."),
}  # fmt: skip


def finding_words(code: str, about: str, language: str) -> tuple[str, str]:
    """The sentence and what to do, for a code of `checks`."""
    sentence, way_out = FINDINGS[code].in_language(language)
    return sentence.replace("{about}", about), way_out
