"""How well the anomaly detector does on made-up patterns, compared with plainer detectors."""
