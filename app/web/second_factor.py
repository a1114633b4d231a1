"""Nobody enters a clinic before their sign-in is whole: the code shown, or the factor that the role needs set up."""

from app.errors import NotSignedIn, SecondFactorNeeded
from app.web.staff_access import Connection, person_on


def settled(connection: Connection) -> None:
    """Raises SecondFactorNeeded for a person who must set one up first, NotSignedIn for a session from before they
    had one."""
    person = person_on(connection)
    if person.is_settled:
        return
    if person.must_set_up:
        raise SecondFactorNeeded(
            "Your role needs a second factor, and you have none yet.",
            "Open the dashboard in a browser and set one up under your account.",
        )
    raise NotSignedIn("You are signed out. Please sign in again.")
