"""Made-up patients who must never be read by a language model, and a look at bytes that left for what was left of them.

`left_in(bodies, patients)` takes request bodies as they were recorded; tests of the whole turn use it too."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from app.llm.identifying.plain import Plain

_TOKEN = re.compile(r"\[[A-Z_]+_\d+[a-z]{0,2}\]")


@dataclass(frozen=True, slots=True)
class Canary:
    """One made-up patient. The phone is ten digits of a fictional exchange."""

    name: str
    phone: str
    email: str
    member_id: str
    birth_date: str
    address: str


_NAMES = """
Robin Ames|Bob Tran|Grace Hill|May Winters|Will Hunter|Rose Park|Hunter Banks|Chase Rivers|Frank Stone|Hope Summers
Nguyễn Thị Lan|Trần Văn Đức|Phạm Quốc Bảo|Lê Hồng Nhung|Wei Zhang|Xiaoming Li|Mei-Ling Chow|Cheuk Yan Lau
Hiroshi Tanaka|Yuki Mori|Kim Min-jun|Park Ji-woo|Soo-ah Choi|Priya Raghunathan|Arjun Mehta|Lakshmi Venkataraman
Harpreet Singh Gill|Zainab Hussain|Bilal Chaudhry|Anjali Deshpande|Mohammed al-Rashid|Fatima Zahra Benali
Yusuf Abdi Warsame|Khadija Haddad|Omar Khalil|Reza Farrokhzad|Shirin Moghaddam|Leyla Yıldırım|Emre Özgür
Tigran Petrosyan|Oluwaseun Adeyemi|Chidinma Okonkwo|Kwame Mensah|Abena Owusu|Thandiwe Nkosi|Sipho Dlamini
Wanjiku Kamau|Tesfaye Bekele|Mamadou Diallo|Aïssatou Ndiaye|María José de la Cruz|Guadalupe Hernández Ruiz
José Ángel Peña|Xiomara Quispe|Juan Carlos Ibáñez|Luz Marina Ocampo|Rosario Villaseñor|Ximena Echeverría
Facundo Giménez|Nayeli Tzompantzi|João Gonçalves|Conceição Figueiredo|Thiago Vasconcelos|Siobhán O'Brien
Caoimhe Ní Dhomhnaill|Niamh Gallagher|Rhys Llewellyn|Björn Åkerström|Søren Kjærgaard|Päivi Hämäläinen|Wojciech Łuczak
Agnieszka Wróblewska|Jiří Dvořák|Žofia Kováčová|Vladyslav Kovalenko|Svetlana Dostoyevskaya|Dimitrios Papadopoulos
Eleni Karagianni|Ilinca Ionescu|Zsófia Nagy|Giuseppe Di Lorenzo|Chiara Esposito|Jean-Baptiste Lefèvre
Geneviève Thibodeaux|Klaus Müller|Annegret Schäfer|Pieter van der Merwe|Sanne de Vries|Tāne Parata|Leilani Kahananui
Shmuel Rosenzweig|Chaya Mushka Gurevich|Tenzin Dolma|Batbayar Ganbold|Siriporn Chaiyasit|Dewi Kartika|Bayani Magsaysay
Maricel Dimaculangan|Sione Tupou|Aiyana Begay|Marguerite D'Angelo|Mary-Kate Smith-Jones|J. R. Hartley|Tom O'Shea Jr.
DeShawn Washington|LaToya McBride|Siddharth Iyer|Precious Moyo|Sunny Day|Jack Frost|Dusty Rhodes|Penny Lane
Daisy Fields|Joy Love|Faith Young|Mark Price|Bill Long|Art Black|Dawn Best|Gene Brown
"""
_STREETS = ("Larkspur Lane", "Quillfeather Road", "Old Tannery St", "Mockingbird Ct", "Verbena Avenue")


def canaries() -> list[Canary]:
    """Patients of many origins; some are called by ordinary words."""
    names = [name for line in _NAMES.split("\n") for name in line.split("|") if name]
    return [_canary(number, name) for number, name in enumerate(names)]


def _canary(number: int, name: str) -> Canary:
    letters = re.sub(r"[^a-z]", "", Plain.of(name).folded)
    return Canary(
        name,
        f"{201 + number * 5}555{100 + number % 100:04}",
        f"{letters}{number}@mail.example",
        f"{'XQZ'[number % 3]}{'KWV'[number % 2]}{700000000 + number * 104729}",
        f"{1 + number % 12:02}/{1 + number % 28:02}/{1931 + number % 80}",
        f"{1100 + number * 7} {_STREETS[number % len(_STREETS)]}",
    )


def left_in(bodies: Iterable[bytes | str], patients: Iterable[Canary]) -> list[str]:
    """What of these patients can be read in the bodies: a word of a name, a number, an address. A body that is JSON is
    read as what it says."""
    texts = [_TOKEN.sub(" | ", text) for body in bodies for text in _texts(body)]
    plain = Plain.of("\n".join(texts)).folded
    words = set(re.findall(r"[^\W\d_]+", plain))
    digits = re.sub(r"[\W_]", "", plain)
    return [f"{patient.name}: {found}" for patient in patients for found in _left_of(patient, plain, words, digits)]


def _left_of(patient: Canary, plain: str, words: set[str], digits: str) -> Iterator[str]:
    yield from (word for word in distinctive(patient.name) if word in words)
    whole = re.findall(r"[^\W_]+", Plain.of(patient.name).folded)
    if re.search(r"(?<![^\W_])" + r"[\W_]{0,3}".join(whole) + r"(?![^\W_])", plain):
        yield patient.name
    for value in (patient.phone, patient.member_id, re.sub(r"\W", "", patient.birth_date)):
        if value.lower() in digits or value[-7:].lower() in digits:
            yield value
    for value in (patient.email.partition("@")[0], patient.address.lower()):
        if value in plain:
            yield value


def distinctive(name: str) -> list[str]:
    """The words of a name that are no words of the language."""
    from app.llm.identifying.vocabulary import words

    return [word for word in re.findall(r"[^\W\d_]{2,}", Plain.of(name).folded) if word not in words()]


def _texts(body: bytes | str) -> Iterator[str]:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    try:
        yield from _strings(json.loads(text))
    except ValueError:
        yield text


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield from _nested(value)
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif value is not None:
        yield str(value)


def _nested(text: str) -> Iterator[str]:
    """JSON inside a string, as a conversation's state is sent."""
    if text.lstrip().startswith(("{", "[")):
        try:
            yield from _strings(json.loads(text))
        except ValueError:
            return
