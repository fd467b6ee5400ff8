"""Pure statistics of an experiment; every function names its formula and where it is from.

numpy appears only where arrays of users do, in `moments` and `capped`.
"""
