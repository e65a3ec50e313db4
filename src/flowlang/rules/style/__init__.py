"""What is easier to read another way: FL801 and on."""
