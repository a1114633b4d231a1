"""The staff's JSON API under /api/v1/staff: one file per resource. Bearer tokens only."""
