"""HTTP only: reads requests, calls use cases and queries, writes responses."""
