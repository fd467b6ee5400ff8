"""The only package that imports boto3: one adapter a module, each the answer to one port."""
