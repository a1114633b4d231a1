"""What a page is made of, as a browser's parser would see it."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Each tag with the names of its attributes, the links, and the words."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.made: set[tuple[str, ...]] = set()
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes one."""
        self.made.add((tag, *sorted(name for name, _ in attrs)))
        self.links += [value or "" for name, value in attrs if name in ("href", "src", "action")]

    def handle_data(self, data: str) -> None:
        """Notes words."""
        self.words.append(data)

    def said(self) -> str:
        """All words, with single spaces."""
        return " ".join("".join(self.words).split())

    def inline(self) -> set[tuple[str, ...]]:
        """What a strict policy would block: styles and handlers in the page, and scripts without an address."""
        bad = {one for one in self.made if any(name == "style" or name.startswith("on") for name in one[1:])}
        return bad | {one for one in self.made if one[0] == "script" and not {"src", "type"} & set(one)}
