"""The dashboard: pages for the people of a clinic, working without scripts. One file per page."""
