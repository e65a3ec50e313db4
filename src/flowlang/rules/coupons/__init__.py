"""Coupon lists that run out: FL721 and on."""
