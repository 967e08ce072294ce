"""Reads the same fields of eBay's search pages with selectolax (lexbor): the yardstick of pages.sh."""

import sys
import time

from selectolax.lexbor import LexborHTMLParser

REPEAT = 9


def first_text(card, selector):
    node = card.css_first(selector)
    return node.text(strip=True) if node is not None else None


def first_attribute(card, selector, name):
    node = card.css_first(selector)
    return node.attributes.get(name) if node is not None else None


def listings(page):
    rows = []
    for card in LexborHTMLParser(page).css("li.s-card, li.s-item"):
        rows.append(
            (
                first_text(card, ".s-card__title, .s-item__title"),
                first_text(card, ".s-card__price, .s-item__price"),
                first_attribute(card, "a.s-card__link, a.s-item__link", "href"),
                first_attribute(card, "img", "src"),
                first_text(card, ".s-card__subtitle, .s-item__subtitle"),
                first_text(card, ".s-card__caption, .s-item__caption"),
                [row.text(strip=True) for row in card.css(".s-card__attribute-row, .s-item__detail")],
            )
        )
    return rows


def main():
    size_all, seconds_all = 0, 0.0
    for name in sys.argv[1:]:
        with open(name, encoding="utf-8", errors="replace") as file:
            page = file.read()
        size, best = len(page.encode()), float("inf")
        for _ in range(REPEAT):
            start = time.perf_counter()
            rows = listings(page)
            best = min(best, time.perf_counter() - start)
        size_all, seconds_all = size_all + size, seconds_all + best
        print(f"{name}: {len(rows)}; {best * 1e3:.1f} ms, {size / best / 1e6:.0f} MB/s")
    print(f"in all {size_all / seconds_all / 1e6:.0f} MB/s")


main()
