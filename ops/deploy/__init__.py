"""The steps of a deployment, each of which can be repeated, on the local cloud and in AWS."""
