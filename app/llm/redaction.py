"""What must not leave as it stands."""

from typing import Literal

Kind = Literal["NAME", "PHONE", "EMAIL", "MEMBER_ID", "BIRTH_DATE", "ADDRESS", "NUMBER"]
