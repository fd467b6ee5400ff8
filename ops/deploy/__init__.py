"""The steps of a deployment: each can be run alone and again, here and in AWS alike."""
