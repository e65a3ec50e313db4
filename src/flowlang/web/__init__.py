"""HTTP: what `flow serve` answers.  `app` puts the parts together; each part has its routes."""
