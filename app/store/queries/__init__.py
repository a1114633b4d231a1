"""Reading for pages and APIs: plain values out, no rows."""
