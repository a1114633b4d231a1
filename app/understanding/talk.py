"""Tells words that somebody says from a name: "my knee hurts so bad" is nobody who could have sent a patient."""

import re

from app.dialogue.slots.fold import fold
from app.dialogue.slots.provider import find_provider, says_nobody_referred
from app.dialogue.slots.small_words import small_words

_DOCTOR_OR_PLACE = re.compile(
    r"\b(?:dr|dra|doc|docs|doctor\w*|md|do|np|pa|dpm|dc|pcp|gp|nurse|physician\w*|surgeon|specialist|provider|therapist|chiro\w*|"
    r"practitioner|assistant|trainer|coach|dentist|midwife|pediatrician|paediatrician|\w+(?:ologist|iatrist|opedist|opedic|opedics)|"
    r"clinic|center|centre|hospital|office|practice|group|institute|health\w*|medical|medicine|care|er|va|rehab|ortho|urgent|"
    r"medic[oa]|clinica|centro|consultorio|ciruj?an[oa]|especialista|enfermer[oa]|\w+olog[oa]|pediatra|fisi\w+|quiropractic[oa])\b"
)
_LEADS = re.compile(r"\b(?:was|is|it'?s|named|called|by|from|think|es|era|fue|llama)\s+")
_MOST = 3


def is_talk(text: str) -> bool:
    """True for words that name neither a person nor a place: a complaint, a courtesy, something else."""
    folded, clause = fold(text), small_words("clause")
    if find_provider(text) or says_nobody_referred(text) or _DOCTOR_OR_PLACE.search(folded):
        return False
    if any(word[:1].isupper() and fold(word.strip(".,!?;")) not in clause for word in text.split()[1:]):
        return False
    name = _LEADS.split(folded)[-1]
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", name)
    if words and len(words) <= _MOST and not clause.intersection(words):
        return False
    return bool(clause.intersection(re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", folded)))
