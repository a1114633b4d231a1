"""One loader per family of formats; each turns bytes into blocks and raises Unreadable for a file it cannot read."""
