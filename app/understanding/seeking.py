"""Tells talk that seeks information without the form of a question ("looking for therapy in a pool", "parking")."""

import re

from app.dialogue.slots.fold import fold

_SEEKS = re.compile(
    r"^(?:(?:and|but|so|plus|y|pero|tambien|ademas|i|i'm|im|i am|i'd|we|we're|we'd|would|just|also|still|really)\s+)*"
    r"(?:(?:my \w+|he|she|they)\s+(?:(?:would|also)\s+)*(?=(?:wants|wanted|needs|like|love) to (?:know|ask)\b))?"
    r"(?:(?:any|anyone|anybody|anything|somebody|someone)\b.*\b(?:that|who|there|know|do|does|work|available|near)\b|"
    r"(?:looking|searching|hunting) (?:for|into)\b|trying to (?:find|figure|see|understand|learn)\b|"
    r"(?:tell|remind) me\b|explain\b|(?:wants?|wanted|needs?|needed|like|love|hoping|trying) (?:to )?(?:know|ask|"
    r"find out|learn|check|understand|hear)\b|(?:need|want|looking for|got any|have any|any|some)?\s*(?:more )?"
    r"(?:info|information|details)\b|(?:have |had |got )?(?:a |an |one |another |quick |some )*questions? (?:about|on|"
    r"regarding|for)\b|(?:asking|curious|checking|confused|unsure|worried) (?:about|if|whether|on)\b|not sure (?:if|"
    r"whether|"
    r"what|how|which|when|where|who)\b|"
    r"(?:do|is|are|can|could|should) (?!not\b|come\b|be\b|do\b|make\b)[\w']+ [\w']+|"
    r"(?:busco|quiero saber|quisiera saber|necesito saber|informacion|me gustaria saber|pregunta)\b)"
)
_SUCH_A_PLACE = re.compile(
    r"\b(?:someone|somebody|place|clinic|therapist|person|program|class) (?:who|that|which) \w+|"
    r"\balguien que \w+"
)
_WANTS_CARE = re.compile(
    r"\b(?:looking for|busco) (?:a |an |some )?(?:physical therap\w+|pt|therapy|treatment|help|appointment|referral|"
    r"evaluation|terapia|cita)\s*(?:$|for|with|after|on|because|please|para|por)\b"
)
_OWN_STORY = re.compile(
    r"^(?:(?:and|so|but|well|also|because|y|pero)\s+)*(?:i|i'm|i've|i'd|im|ive|my|we|we're|our|he|she|they|his|her|it|"
    r"it's|its|this|that|yo|mi|me|tengo|estoy|soy|es|fui|nos|nuestr\w+)\b"
)


_PASS_ON = re.compile(
    r"^(?:(?:and|also|please|oh|ok|can you|could you|y)[\s,]+)*(?:tell|let|inform|remind|note|mention to|"
    r"add that|digale|diga|avise|avisele) ?(?:them|him|her|the (?:clinic|office|therapist|doctor|front desk)|that|les|"
    r"a la clinica|al terapeuta)\b"
)


def seeks(text: str) -> bool:
    """True for words that ask to be told something, whatever their form."""
    folded = fold(text).strip(" ,.;:-")
    if _WANTS_CARE.search(folded):
        return False
    return bool(_SEEKS.match(folded) or (_SUCH_A_PLACE.search(folded) and not _OWN_STORY.match(folded)))


def could_be_asked(text: str) -> bool:
    """True for words that nothing else explains and that tell nothing about the person: "cost of a visit"."""
    folded = fold(text).strip(" ,.;:!-")
    return bool(re.search(r"[a-z]{4}", folded)) and not _OWN_STORY.match(folded) and not _PASS_ON.match(folded)
