"""Run the anomaly detector over stored rollups or a CSV file, to see what would have alerted."""
