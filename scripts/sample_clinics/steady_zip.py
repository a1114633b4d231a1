"""Rewrites an Office file so that building it again changes nothing: no times of the day it was built."""

import re
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

LONG_AGO = (1980, 1, 1, 0, 0, 0)
STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def steady_zip(path: Path) -> None:
    """Rewrite the zip at `path` with one fixed time on every member. A workbook's own dates are fixed too (openpyxl
    always writes the present moment). Members are equal everywhere; their packed bytes depend on the zlib at hand."""
    with ZipFile(path) as old:
        members = [(name, old.read(name)) for name in old.namelist()]
    with ZipFile(path, "w", ZIP_DEFLATED) as new:
        for name, data in members:
            if name == "docProps/core.xml" and path.suffix == ".xlsx":
                data = STAMP.sub(rb"\g<1>2026-01-01T00:00:00Z", data)
            member = ZipInfo(name, date_time=LONG_AGO)
            member.create_system = 3
            new.writestr(member, data, ZIP_DEFLATED)
