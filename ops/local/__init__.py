"""The local cloud: MiniStack on a loopback port, as a process of ours."""
