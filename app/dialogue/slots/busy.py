"""When somebody is taken up by work, school or sleep: such days and hours are told beside a wish and are none."""

import re

_WHO = r"(?:i|he|she|we|they|(?:my|our|his|her) (?!mornings?|afternoons?|evenings?|nights?|days?|\w+days?)[a-z]+)"
_OFTEN = r"(?:(?:usually|always|mostly|only|also|still|just|normally|do|already|'?m|'?re|'?s|am|is|are)\s+)*"
_DOES = (
    r"(?:work(?:s|ing)?(?!\s+(?:for|best|better|well|fine|great|good|too|if))|teach(?:es|ing)?|study(?:ing)?|studies|sleep(?:s|ing)?|"
    r"babysit(?:s|ting)?|volunteer(?:s|ing)?|drive(?:s)? (?:a )?(?:bus|truck|school|uber)|(?:at|in) (?:work|"
    r"school|class|dialysis|church)|"
    r"(?:have|has|got|have got) (?:\w+ )?(?:class(?:es)?|school|work|practice|dialysis|chemo|rehearsal|church|"
    r"training|meetings?|"
    r"shifts?)|on (?:shift|duty|call))"
)
_ES = (
    r"(?:yo |el |ella )?(?:(?<!del )(?<!el )(?<!mi )trabaj[oa]|trabajamos|estudi[oa]|duerm[oe]|doy clases?|"
    r"(?:tengo|tiene) (?:clases?|escuela|dialisis|ensayo|turno))"
)
_NAMED = (
    r"(?:class(?:es)?|school|dialysis|chemo|my shift|work) (?:is |are |on |every )?(?=(?:mon|tue|wed|thu|fri|sat|"
    r"sun|in the|mornings?)\w*)"
)
_UNTIL = (
    r"(?P<when>[^,;.]*?)(?=\s*(?:[,;.)]|\b(?:so|but|then|which|pero|asi que|entonces|por eso)\b|"
    r"\b(?:and|y) (?:i |we |he |she )?(?:can|could|prefer\w*|would|puedo|podemos|prefiero)\b|$))"
)
_BUSY = re.compile(
    rf"(?:^|(?<=[\s,;.(]))(?:(?:because|since|cause|as|porque|but|pero|and|y)\s+)?(?:{_WHO}\s*{_OFTEN}{_DOES}|{_ES}|{_NAMED})\b"
    + _UNTIL
)
_PART = (
    r"(?:mornings?|afternoons?|evenings?|nights?|days|week(?:end|day|night)s?|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|"
    r"mananas?|tardes?|noches?|lunes|martes|miercoles|jueves|viernes|sabados?|domingos?)"
)
_TIME_FIRST = re.compile(
    rf"(?:^|(?<=[\s,;.(]))(?<!not )(?<!no )(?<!except )(?<!never )"
    rf"(?:(?:on|in|the|at|every|por|en|las?|los|el)\s+)*{_PART}"
    rf"(?:\s*(?:,|and|y)\s*(?:las?\s+|los\s+)?{_PART})*"
    rf"\s+(?:{_WHO}\s*{_OFTEN}{_DOES}|{_ES})\b" + _UNTIL
)
"""Told the other way round: "nights I work"; not "mornings I work nights", where the first is a wish."""
_ENDS = re.compile(r"\b(?:until|till|to|through|ends?|off|out|done|hasta|salgo|sale)\b|\d\s*-\s*\d|\d")
"""Hours with a number tell by themselves when somebody is free again."""
_TIME = re.compile(rf"\b{_PART}\b")


def without_busy(folded: str) -> str:
    """Folded text without the parts of the day and the weekdays on which somebody is taken up."""
    first = _TIME_FIRST.sub(
        lambda hit: hit[0] if _ENDS.search(hit["when"]) or _TIME.search(hit["when"]) else " , ", folded
    )
    return _BUSY.sub(lambda hit: hit[0] if _ENDS.search(hit["when"]) else " , ", first)
