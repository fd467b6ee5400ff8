"""The package that is deployed: configuration, policies, zip and template."""
