"""Scan the templates with a security linter; a finding is fixed, or accepted for a reason."""
