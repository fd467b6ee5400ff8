"""The environment of a stage's functions, as far as it follows from what its things are called."""

from __future__ import annotations

from ops.stage.names import RANGE_JOB, STREAM_JOB, STREAMS, TABLES, Names
from ops.stage.stages import Stage

DATABASE_READER = "attribution_reader"
# The functions that use attribution's database, each with its login; migrating is handed one.
DATABASE_LOGINS = {
    "attribute_clicks": "attribution_writer",
    "attribute_checkouts": "attribution_writer",
    "report_attribution": DATABASE_READER,
    "list_checkpoints": DATABASE_READER,
    "migrate_database": "",
}
DATABASE_VARIABLES = ("DATABASE_HOST", "DATABASE_IAM_USER")


def database_variables(function: str, names: Names, host: str) -> dict[str, str]:
    """How a function reaches the database in AWS: by host and login."""
    login = DATABASE_LOGINS[function]
    own = {"DATABASE_IAM_USER": names.database_user(login)} if login else {}
    return {"DATABASE_HOST": host, **own}


def named(names: Names) -> dict[str, str]:
    """What says neither account nor region, so that it is right wherever a stage is deployed."""
    return {
        "STAGE": names.stage,
        **{f"{stream.upper()}_STREAM": names.stream(stream) for stream in STREAMS},
        "RAW_QUEUE": names.raw_queue,
        **{f"{table.upper()}_TABLE": names.table(table) for table in TABLES},
        "REPORT_FUNCTION": names.function("report_attribution"),
        "ATTRIBUTION_STREAM_JOB": names.job(STREAM_JOB),
        "ATTRIBUTION_RANGE_JOB": names.job(RANGE_JOB),
    }


def switched(stage: Stage) -> dict[str, str]:
    """What the stage has, as the functions need to know it."""
    return {
        "OWN_STREAMS": stage.streams_of_its_own.value,
        "ATTRIBUTION": str(stage.attribution).lower(),
        "ATTRIBUTES_BY_FUNCTION": str(stage.attributes_by_function).lower(),
        "ATTRIBUTES_BY_SPARK": str(stage.attributes_by_spark).lower(),
        "ATTRIBUTION_JOB_STARTS": stage.attribution_job_starts or "",
        "ATTRIBUTION_JOB_STOPS": stage.attribution_job_stops or "",
        "SYNTHETIC_TRAFFIC": str(stage.synthetic_traffic).lower(),
    }


def located(names: Names) -> dict[str, str]:
    """What says them, which `chalice package` leaves to CloudFormation."""
    return {
        "RAW_BUCKET": names.raw_bucket,
        "LAKE_BUCKET": names.lake_bucket,
        "ROLLUP_STATE_MACHINE": names.rollup_state_machine_arn,
        "ALERTS_TOPIC": names.alerts_topic_arn,
    }
