"""Waits, dates and hours: FL641 and on."""
