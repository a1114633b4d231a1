"""Measures how well questions are answered, through the product itself and without a server."""
