"""What was set aside, put into the streams again."""
