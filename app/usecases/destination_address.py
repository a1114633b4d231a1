"""What may stand as a destination's address."""

import ipaddress

from app.delivery.connecting import is_public
from app.delivery.outbound_http import check_url
from app.errors import Invalid
from app.settings import Settings
from app.store.tables import Channel

LONGEST = 2000
LOWEST_FREE_PORT = 1024
REMEDIES = {
    "slack": "Copy the webhook URL that Slack shows for the channel: https://hooks.slack.com/services/...",
    "webhook": "Give an address like https://systems.clinic.example/frontdesk.",
}


def checked_address(settings: Settings, channel: Channel, address: str) -> str:
    """In the form in which it is stored. Raises Invalid, which does not repeat a URL: it may be a secret."""
    address = address.strip()
    if channel == "email":
        return checked_email(address)
    remedy = REMEDIES[channel]
    if len(address) > LONGEST:
        raise Invalid(f"The address has {len(address)} characters; {LONGEST} are allowed.", remedy)
    try:
        parts = check_url(address)
    except Invalid:
        raise Invalid("This is not a web address that can be posted to.", remedy) from None
    if parts.fragment:
        raise Invalid("The address has a part behind #, which is never sent.", remedy)
    if settings.fetch_private:
        return address
    if parts.scheme != "https":
        raise Invalid("The address must begin with https://: what is sent would travel in the clear.", remedy)
    if parts.port not in (None, 443) and int(parts.port or 0) < LOWEST_FREE_PORT:
        raise Invalid(f"The port {parts.port} belongs to another service.", remedy)
    if _is_private(str(parts.hostname)):
        raise Invalid("The address lies inside a private network or on this machine.", remedy)
    return address


def checked_email(address: str) -> str:
    """In normal form, the domain in the letters that mail servers know. Raises Invalid."""
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(address, check_deliverability=False, globally_deliverable=False, allow_smtputf8=False)
    except EmailNotValidError as problem:
        raise Invalid(f"{address!r} is not an e-mail address: {problem}") from None
    return found.ascii_email or found.normalized


def _is_private(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))
    return not is_public(host)
