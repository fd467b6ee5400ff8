"""A producer that sends at a steady rate, whatever the answers."""
