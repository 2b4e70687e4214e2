"""One request of each kind, as terminals send them."""

NOW = "20260520    100000"
BLANK = " " * 18

ONE_OF_EACH = {
    code: text.encode()
    for code, text in {
        "01": f"01N{NOW}AOMINASE|ALカードを預かりました|AA20004318|AC|",
        "09": f"09N{NOW}{NOW}APCHUO|AOMINASE|AB30000017|AC|CH|BIN|",
        "11": f"11NN{NOW}{BLANK}AOMINASE|AA20004318|AB30000017|AC|CH|AD|BON|BIN|",
        "15": f"15+{NOW}BW|BSKITA|BY2|AOMINASE|AA20004318|AB30000017|AC|",
        "17": f"17{NOW}AOMINASE|AB30000017|AC|",
        "19": f"19{NOW}AOMINASE|AB30000017|AC|CHnew|",
        "23": f"23014{NOW}AOMINASE|AA20004318|AC|AD|",
        "25": f"25{NOW}AOMINASE|AA20004318|AC|AD|",
        "29": f"29NN{NOW}{BLANK}AOMINASE|AA20004318|AB30000017|AC|BON|",
        "35": f"35{NOW}AOMINASE|AA20004318|AC|AD|",
        "37": f"37{NOW}0100JPYBV100|AOMINASE|AA20004318|AC|",
        "63": f"63014{NOW}  Y       AOMINASE|AA20004318|AC|AD|BP1|BQ5|",
        "65": f"65{NOW}AOMINASE|AA20004318|AC|BON|",
        "93": "9300CNSC-01|COsecret|CPdesk|",
        "97": "97",
        "99": "9900402.00",
    }.items()
}
