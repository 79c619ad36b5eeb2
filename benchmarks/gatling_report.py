"""Reads the table of a Gatling report, whose numbers Gatling writes nowhere else but in a log that is not for others."""

import html.parser
from dataclasses import dataclass

NAME = "ellipsed-name"
COLUMNS = {"col-2": "requests", "col-4": "failed", "col-6": "rate", "col-8": "p50", "col-10": "p95", "col-11": "p99", "col-12": "most"}


@dataclass
class Row:
    """One kind of request; times in milliseconds, the rate in requests a second."""

    name: str
    requests: int = 0
    failed: int = 0
    rate: float = 0
    p50: int = 0
    p95: int = 0
    p99: int = 0
    most: int = 0


class Table(html.parser.HTMLParser):
    """The rows in their order; the first is about all requests."""

    def __init__(self):
        super().__init__()
        self.rows = []
        self.next = None

    def handle_starttag(self, tag, attributes):
        classes = (dict(attributes).get("class") or "").split()
        if tag == "span" and NAME in classes:
            self.next = "name"
        elif tag == "td" and self.rows:
            self.next = next((COLUMNS[name] for name in classes if name in COLUMNS), None)

    def handle_endtag(self, tag):
        self.next = None

    def handle_data(self, data):
        if self.next == "name":
            self.rows.append(Row(data.strip()))
        elif self.next:
            # A dash where there was none.
            value = 0 if data.strip() == "-" else float(data)
            setattr(self.rows[-1], self.next, value if self.next == "rate" else int(value))


def rows(page):
    table = Table()
    table.feed(page)
    return table.rows


def errors(log):
    """What Gatling says about failed requests, at the end of its output."""
    _, _, last = log.rpartition("---- Global Information")
    _, found, text = last.partition("---- Errors")
    lines = text.partition("=====")[0].splitlines()[1:] if found else []
    return [line.strip() for line in lines if line.strip()]
