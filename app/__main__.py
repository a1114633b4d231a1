"""`python -m app` is `frontdesk`."""

from app.cli import main

main()
