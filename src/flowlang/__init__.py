"""flowlang: campaigns as code."""
