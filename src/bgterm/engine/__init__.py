"""Bytes in, bytes out, one child. The engine knows neither session ids nor results."""
