"""The pieces of scripts/bench: what is measured, and the bare application that each figure stands beside."""
