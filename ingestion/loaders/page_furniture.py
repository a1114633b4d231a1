"""What stands on every page of a website and says nothing of its own: cookie notices, menus, paths, share buttons."""

import re

from bs4 import Tag

# Words in the classes and ids of such elements. What is called a menu may be one of services: it must be all links.
_NAMED = """
addtoany breadcrumb breadcrumbs cookie cookiebar cookieconsent cookies footer gdpr newsletter share sharedaddy sharing
sitefooter skip skiplink social subscribe
"""
_LINKS_NAMED = "menu nav navbar navigation offcanvas pager pagination toolbar topbar"
_NAMES, _NAMES_OF_LINKS = frozenset(_NAMED.split()), frozenset(_LINKS_NAMED.split())
_ROLES = {"navigation", "contentinfo", "search", "menu", "menubar", "toolbar", "dialog", "alertdialog", "complementary"}
_NEVER = {"html", "body", "main", "article"}
_SKIP = re.compile(r"(?i)(?:skip|jump|saltar|ir|pasar)\s+(?:to|al?)\s+(?:the\s+|main\s+|primary\s+|contenido\s*)*\w*")
_LINKED, _MOST_WORDS = 0.5, 60


def is_furniture(tag: Tag) -> bool:
    """Whether an element is left out. By its role it always is; by its name only when it is short or all links, so
    that a section that happens to be named so is read."""
    name = tag.name.lower()
    if name in _NEVER:
        return False
    if tag.get("role") in _ROLES or (name == "aside" and _linked(tag) > _LINKED):
        return True
    if name == "a" and str(tag.get("href", "")).startswith("#"):
        return bool(_SKIP.fullmatch(tag.get_text(" ", strip=True)))
    said = names(tag)
    if said.isdisjoint(_NAMES | _NAMES_OF_LINKS) or tag.find(["main", "article", "h1"]) is not None:
        return False
    short = not said.isdisjoint(_NAMES) and len(_words(tag)) <= _MOST_WORDS
    return short or _linked(tag) > _LINKED


def names(tag: Tag) -> set[str]:
    """The words of its classes and its id, lower case."""
    said = [*(tag.get_attribute_list("class") if tag.has_attr("class") else []), str(tag.get("id") or "")]
    apart = re.sub(r"([a-z])([A-Z])", r"\1-\2", " ".join(filter(None, said)))
    return set(re.split(r"[\s_-]+", apart.lower()))


def _words(tag: Tag) -> list[str]:
    return tag.get_text(" ").split()


def _linked(tag: Tag) -> float:
    """The share of an element's words that are links."""
    every = len(_words(tag))
    return sum(len(_words(link)) for link in tag.find_all("a")) / every if every else 0.0
