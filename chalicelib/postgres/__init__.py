"""Attribution's database: the only package that speaks to PostgreSQL."""
