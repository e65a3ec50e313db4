"""Messages and what stands in them: FL741 and on."""
