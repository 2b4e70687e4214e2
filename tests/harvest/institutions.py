"""Invented institutions that answer OAI-PMH, for tests: what they hold can be changed while one collects."""

from tests.interop.replaying import serving

DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
HEAD = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>{date}</responseDate>'


def thing(number: int, title: str) -> str:
    return (
        f"<record><header><identifier>oai:museum:{number}</identifier><datestamp>2026-05-01</datestamp></header><metadata>"
        f'<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" {DC}><dc:title>{title}</dc:title>'
        f"<dc:creator>桜井 浜江</dc:creator><dc:date>昭和25年(1950)</dc:date><dc:type>PhysicalObject</dc:type>"
        f"<dc:identifier>https://museum.example.jp/things/{number}</dc:identifier><dc:language>ja</dc:language>"
        "</oai_dc:dc></metadata></record>"
    )


def deleted(number: int) -> str:
    return f'<record><header status="deleted"><identifier>oai:museum:{number}</identifier></header></record>'


BROKEN = (
    "<record><header><identifier>oai:museum:9</identifier></header><metadata>"
    f"<dc {DC}><dc:creator>作者だけ</dc:creator></dc></metadata></record>"
)


class Museum:
    """Pages by their tokens ("" = the first), and what it was asked."""

    def __init__(self, *pages: list[str]) -> None:
        self.pages = list(pages)
        self.asked: list[dict[str, str]] = []
        self.silent_at: set[int] = set()
        self.lost = False
        self.date = "2026-05-20T01:00:00Z"

    def answer(self, asked: dict[str, str]) -> tuple[int, bytes, float]:
        self.asked.append(asked)
        body = HEAD.format(date=self.date)
        if asked["verb"] == "Identify":
            body += "<Identify><granularity>YYYY-MM-DD</granularity></Identify></OAI-PMH>"
            return 200, body.encode(), 0
        token = asked.get("resumptionToken", "")
        place = int(token or 0)
        if place in self.silent_at:
            return 503, b"", 0
        if token and self.lost:
            self.lost = False
            return 200, f'{body}<error code="badResumptionToken"/></OAI-PMH>'.encode(), 0
        if not self.pages[place]:
            return 200, f'{body}<error code="noRecordsMatch"/></OAI-PMH>'.encode(), 0
        behind = f"<resumptionToken>{place + 1}</resumptionToken>" if place + 1 < len(self.pages) else ""
        body += f"<ListRecords>{''.join(self.pages[place])}{behind}</ListRecords></OAI-PMH>"
        return 200, body.encode(), 0

    def open(self):
        return serving(self.answer)
