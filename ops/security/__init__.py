"""The templates before a security linter; what it finds is mended, or accepted for a reason."""
