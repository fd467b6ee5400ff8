"""What a deployment costs per month: how the app works, multiplied by list prices."""
