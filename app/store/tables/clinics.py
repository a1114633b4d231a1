"""Clinics: the tenants of an install."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.store.columns import identifier, json_column, moment


class Clinic(SQLModel, table=True):
    """A tenant. What the install can do stands in the environment; what this clinic does stands here."""

    __tablename__ = "clinic"

    id: str = identifier("clinic")
    site_key: str = Field(unique=True)
    """Public id in the script tag."""
    name: str
    phone: str
    timezone: str
    coordinator_email: str
    origins: list[str] = json_column(list)
    """Websites that may embed the widget, exact origins."""
    service_zips: list[str] = json_column(list)
    languages: list[str] = json_column(list)
    email_fields: list[str] = json_column(list)
    """Slots that an e-mail may carry; empty means none: the mail then only links to the lead."""
    knowledge_version: int = 0
    """Grows with every change of what is live in the papers; caches are keyed by it."""
    actions_version: int = 0
    """Grows with every change of the clinic's actions; caches are keyed by it. 0: the shipped ones."""
    rules_version: int = 0
    """The number of the rules in force; 0: the shipped ones."""
    model_on: bool = False
    """Whether this clinic uses the install's language model, where it has one."""
    created_at: datetime = moment()
