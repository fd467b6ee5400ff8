"""What a deployment would cost a month: how the app works, times a table of list prices."""
