"""The Spark jobs of attribution: their code in S3, their runs, and what they measure."""
