"""A SIMULATION, DAY BY DAY → figures (`days`), a table (`table`) and a picture (`plot`)."""
