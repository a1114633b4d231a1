"""What points back or ahead: "same number as before", "I already told you", "scratch that", "later"."""

import re

from app.dialogue.slots.fold import fold
from app.understanding.replies import bare

_THING = r"(?: (?!(?:as|that|i|you|from|which)\b)[a-z'-]+){0,2}?"
_BEFORE = (
    r"(?: (?:as|that|which|like|from|i|we|you)\b(?: (?:i|we|you|was|is|it|have|had|has|did|on|the|last|first|"
    r"earlier|before|"
    r"previously|already|gave|given|told|said|wrote|typed|put|used|use|sent|just|time|one|file|above|always|usual|me|"
    r"'s|'ve|there))*| before| earlier| above| again| then| de antes| que (?:antes|le di|ya (?:le di|tienen|di))|"
    r" de siempre)*"
)
_SAME = re.compile(
    rf"^(?:(?:no|ok|okay|yes|oh|wait|sorry|actually|it'?s|its|use|keep|the|my|just|still|then|please|that|"
    rf"es|el|la|si|por favor|use|usen)[\s,.]+)*"
    rf"(?:(?:the )?same{_THING}|(?:the |my )?(?:previous|earlier|first|old|original|other){_THING}|the one|what"
    rf"|(?:el|la|lo) mism[oa]{_THING}|igual){_BEFORE}(?: (?:is|was) (?:fine|right|correct|ok|okay|good))?$"
)
_POINTS = re.compile(
    r"\b(?:same|mism[oa]|igual|before|earlier|gave|told|said|wrote|typed|previous|original|old one|first one|antes|"
    r"di)\b"
)
_HOLDS = re.compile(
    r"^(?:(?:no|oh|ok|okay|wait|sorry|actually|never ?mind|forget it|my mistake|my bad|perdon|espere|"
    r"olvidelo)\b[\s,.]*)*"
    r"(?:(?:it|that|the \w+|what i \w+) (?:was|is) (?:actually )?(?:right|correct|fine|good|ok|okay)(?: (?:before|"
    r"already|the first time|"
    r"after all|as (?:it )?(?:was|is)|the way it (?:was|is)))?|(?:leave|keep) (?:it|that|them)(?: as (?:it )?(?:is|"
    r"was)| like that| the same)?"
    r"|estaba bien|esta bien (?:asi|como estaba)|dejelo (?:asi|como estaba|igual)|dejala asi)$"
)
_NEVER_MIND = re.compile(
    r"^(?:(?:oh|ok|no|actually|wait)\b[\s,.]*)*(?:never ?mind|forget (?:it|that)|olvidelo|olvidalo|nada)$"
)
_TOLD = re.compile(
    r"\b(?:already|just) (?:told|gave|said|sent|typed|wrote|entered|provided|answered|mentioned|have|got)\b|"
    r"\byou (?:already )?(?:have|got|know) (?:it|that|my|this)\b|\btold you (?:that )?already\b|"
    r"\bya (?:se |te )?(?:l[oae]s? )?(?:dije|di|tienen|tiene|puse|escribi|mande)\b"
)
_TAKES_BACK = re.compile(
    r"^(?:(?:no|oh|oops|whoops|wait|sorry|actually|please|um|uh|perdon|espere|ay)\b[\s,.]*)*"
    r"(?:scratch|strike|undo|ignore|disregard|delete|erase|forget i said|borre|borra|ignore|olvide) ?"
    r"(?:that|it|this|eso|lo|what i (?:just )?(?:said|wrote|typed)|lo que (?:dije|puse|escribi)|(?:the |my |"
    r"mi )?(?:last|previous|ultimo|ultima) "
    r"(?:one|thing|answer|message|part|bit|mensaje|respuesta))?(?: please| por favor)?$"
    r"|^(?:(?:no|wait|sorry|ok|please|can (?:i|we|you)|could (?:i|we)|i (?:want|need) to|let me|quiero|puedo|"
    r"espere)\b[\s,.]*)*"
    r"(?:go back(?: one| a step)?|back up|(?:change|redo|fix|edit|correct) (?:my|the) (?:previous|last) (?:answer|"
    r"one|response|reply)|"
    r"(?:volver|regresar|regrese)(?: atras)?|cambiar (?:mi|la) (?:ultima )?respuesta(?: anterior)?)(?: please|"
    r" por favor)?$"
)
_LATER = re.compile(
    r"\b(?:later|another time|some other time|when i (?:come|get|arrive|visit|find|have)\b.*|at (?:my|"
    r"the) (?:visit|appointment|"
    r"office|first)\b.*|get back to you\b.*|tomorrow|despues|luego|mas tarde|cuando (?:vaya|llegue|lo tenga|"
    r"la tenga|lo encuentre))"
    r"(?: please| ok| okay| if that'?s (?:ok|okay|fine))?$"
)
_GIVES = re.compile(
    r"\b(?:give|tell|send|get|bring|provide|add|share|have|find|look|check|fill|do|let you know|call|text|email|"
    r"supply|come back|sort|figure|handle|deal|settle|work|"
    r"dar\w*|doy|traer\w*|traigo|llevo|mand\w+|envi\w+|dig\w+|decir\w*)\b"
)
_LETS_KNOW = re.compile(
    r"\b(?:i'?ll|i will|i'?d have to|i(?:'ve| have| need|'ve got|'ll have| got| would have)? (?:gotta|got to|to|"
    r"have to|need to)|gotta|"
    r"let me) (?:let you know|get back|tell you|ask|check with|see (?:when|if|what|with|whether)|find out|"
    r"talk (?:to|with) (?:my|him|her|\w+ first))\b|"
    r"\b(?:le|les|te) (?:aviso|digo luego|confirmo)\b|\btengo que (?:ver|preguntar\w*|consultar\w*|revisar|checar)\b|"
    r"\b(?:voy a|dejeme) (?:preguntar\w*|consultar\w*)\b"
)
_WILL_BRING = re.compile(
    r"^(?:(?:no|oh|sorry|ok|um|well)\b[\s,.]*)*(?:i'?ll|i will|i can|i have to|let me|we'?ll|can i|could i|"
    r"yo) (?:have to |need to |just )?"
    r"(?:bring|look (?:for |it up)|find|get|send|check)\b(?: (?:it|that|them|for|up|my|the|card|insurance|with|me|"
    r"in|to|you|when|i|come|on))*$"
)


_TO_WHOM = (
    r"(?: (?:it|that|this|them|him|her|about it|everything))?(?: (?:to|with))?(?: (?:(?:the|a|my|your) )?(?:\w+ )?(?:"
    r"therapists?|pt|doctor|provider|nurse|person|clinician|someone|somebody|them|him|her|you)\b)?"
    r"(?: (?:directly|myself|all that))* ?(?:(?:instead|in person|face to face|when i (?:come|get|am|see)\b.*|"
    r"at (?:my|the) (?:visit|appointment|first)\b.*)$)"
)
_IN_PERSON = re.compile(
    r"\b(?:can|could|may|might|should) i (?:just )?(?:tell|explain|discuss|talk about|go over)\b"
    rf"{_TO_WHOM}|"
    r"\b(?:i'?d|i would|i'?ll|i will|i want to|i'?m going to)(?: rather| prefer to| like to| just)* (?:tell|explain|"
    rf"discuss|talk about|go over)\b{_TO_WHOM}|"
    r"\b(?:puedo|prefiero|quiero|mejor) (?:decir|explic|cont|platic|habl|le (?:dig|explic|cuent))\w*"
    r"(?: \w+){0,3}? (?:al?|con(?: el| la)?) (?:terapeuta|doctora?|fisioterapeuta|persona)\b|"
    r"\b(?:puedo|prefiero|mejor) (?:decir|explic|cont)\w*(?: \w+){0,2} en persona\b"
)
_HARD_TO_SAY = re.compile(
    r"(?:(?:it'?s|its|it is|that'?s|well|um|uh|oh|honestly|kind of|kinda|sort of|really|very|a bit|a little|pretty|"
    r"too|so|es|muy|un poco|algo|pues|bueno|and|y)\b[\s,.]*)*"
    r"(?:complicated|complex|a long story|long story|a lot|hard to (?:explain|describe|say|put into words)|"
    r"difficult to (?:explain|describe|say)|personal|private|embarrassing|awkward|"
    r"complicado|largo de (?:contar|explicar)|"
    r"dificil de (?:explicar|decir)|privado|vergonzoso|una larga historia)"
)


def tells_in_person(text: str) -> bool:
    """True for "can I tell the therapist instead?": somebody else is to hear it."""
    return len(text.split()) <= 16 and bool(_IN_PERSON.search(bare(text)))


def hard_to_say(text: str) -> bool:
    """True for "it's complicated" and nothing else: it says nothing of what it is."""
    return bool(_HARD_TO_SAY.fullmatch(bare(text)))


def same_as_before(text: str) -> bool:
    """True for "same number as before", "the one I gave you", "it was right": the field keeps what was given."""
    said = bare(text)
    return len(said.split()) <= 14 and bool((_SAME.match(said) and _POINTS.search(said)) or _HOLDS.match(said))


def is_never_mind(text: str) -> bool:
    """True for a bare "never mind": where a field is asked again it takes that back, and not everything."""
    return bool(_NEVER_MIND.match(bare(text)))


def told_already(text: str) -> bool:
    """True for "I already gave you that"."""
    return len(text.split()) <= 14 and bool(_TOLD.search(fold(text)))


def takes_back(text: str) -> bool:
    """True for a bare "scratch that": the last thing given goes."""
    return bool(_TAKES_BACK.match(bare(text)))


def postpones(text: str) -> bool:
    """True for "can I give you that later?", "I'll bring it with me"."""
    said = bare(text)
    if len(said.split()) > 18:
        return False
    if _LETS_KNOW.search(said):
        return True
    return bool((_LATER.search(said) and _GIVES.search(said)) or _WILL_BRING.match(said) or _LATER.fullmatch(said))
