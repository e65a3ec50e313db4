"""Steps, conditions and campaigns that do not do what they seem to: FL601 and on."""
