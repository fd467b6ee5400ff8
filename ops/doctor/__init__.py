"""What would lose data or leave a door open in a deployed stage: look, compare, say."""
