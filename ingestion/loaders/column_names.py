"""The words that tables of any office name their columns with, in English and Spanish. They decide only where nothing
else does: whether the first row of an unmarked table is a header or already a fact, and which way a table lies."""

import re

_NAMES = """
account accepted address age amount answer appointment area authorization auth availability available balance benefit
benefits carrier category charge charges city class clinic clinician close closed closes coinsurance comment comments
company condition contact contract contracted copay copayment cost costs county cover coverage covered cpt credentials
date dates day days deductible department description detail details discount distance document documents duration
effective email end ends except exceptions expiration expires explanation extension fax fee fees form frequency from
group hour hours how id in-network insurance insurer insurers item items language languages length level limit limits
line link list location locations max maximum member method minutes mobile name names need needed network note notes
number office open opens option org organization package parking participating patient payer payers payment percent
period phone plan plans policy position practice preauthorization price prices prior procedure product products program
provider providers purpose question questions rate rates reason reference referral referrals remarks required
requirement requirements role room rule rules schedule section service services session sessions site size specialty
staff start starts state status step street tax team telephone term terms therapist time times title to topic total
treatment type types unit units valid value visit visits website week weekday weeks what when where who year zip
acepta aceptado apellido área autorización cantidad cargo ciudad clínica código comentario comentarios compañía
condición contacto copago correo costo cubierto descripción detalle día días dirección documento duración edad estado
fecha formulario horario horarios hora horas idioma idiomas límite lugar médico motivo nombre nota notas número oficina
pago plan planes pregunta precio precios proveedor red referencia referido requisito requisitos respuesta seguro seguros
servicio servicios sesión sitio tarifa tarifas teléfono terapeuta tiempo tipo tratamiento visita visitas
"""
_COLUMN_NAMES = frozenset(_NAMES.split())
_SIGNS = {"#", "no.", "nr.", "n.º", "nº", "%", "$"}
_MOST_WORDS = 6


def is_column_name(cell: str) -> bool:
    """Whether a short cell holds a word that names columns: "Referral needed?" and "Visit limit", not "Ann Poe"."""
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", cell.casefold())
    if cell.strip().casefold() in _SIGNS:
        return True
    return 0 < len(words) <= _MOST_WORDS and not re.search(r"\d{3}", cell) and not _COLUMN_NAMES.isdisjoint(words)
