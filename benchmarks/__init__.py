"""What each stage costs, against floors measured in the same run."""
