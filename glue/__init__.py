"""Attribution on Spark: jobs for AWS Glue 6.0, which is Spark 4.1 and Python 3.13.

stream.py  reads the two streams without end, and does what the Lambda path does
batch.py   attributes any range of the lake, under any model

The only package that imports pyspark. Chalicelib is packed with it, and Spark's executors import
both, so that a row is read and stored by the same code on either path.
"""
