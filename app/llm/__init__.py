"""A language model as a guest: what is asked of it, what leaves for it, and what happens when it fails."""
