"""Tapeloom makes a lo-fi record, ready to release, from a short brief."""

__version__ = "0.1.0"
