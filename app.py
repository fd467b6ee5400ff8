"""Every trigger of the pipeline, in the order in which data flows: translate, delegate."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from chalice.app import (
    Chalice,
    CloudWatchEvent,
    ConvertToMiddleware,
    CORSConfig,
    Cron,
    KinesisEvent,
    Rate,
    Request,
    Response,
    SQSEvent,
)

from chalicelib.settings.environment import serves_http
from chalicelib.settings.triggers import TriggerSettings
from chalicelib.telemetry import Telemetry
from chalicelib.wiring import pipeline
from chalicelib.wiring.starting import starting

if TYPE_CHECKING:
    from chalice.local import LambdaContext

    from chalicelib.access import Refusal
    from chalicelib.attribution import AttributeBatch
    from chalicelib.dashboard import Page
    from chalicelib.experiments.answer import Answer
    from chalicelib.query.reply import Reply

settings = TriggerSettings.from_env()
app = Chalice(app_name="eventstream", configure_logs=False)
telemetry = Telemetry(app.app_name, settings.stage)
app.register_middleware(ConvertToMiddleware(telemetry.observed))
cors = CORSConfig(
    allow_origin=settings.cors_allow_origin,
    # Preconditions of reading and of defining experiments, and compressed bodies.
    allow_headers=["X-Api-Key", "If-Match", "If-None-Match", "Content-Encoding"],
    # A browser hides any other header from its scripts.
    expose_headers=["ETag", "Retry-After"],
    max_age=600,
)
app.api.cors = cors


@app.middleware("http")
def admit(asked: Request, proceed: Callable[[Request], Response]) -> Response:
    admission = pipeline().access.admit(asked.to_original_event())
    asked.context["scope"] = admission.scope
    return admission.answer(admitted=lambda: proceed(asked), refused=refuse)


def refuse(refusal: Refusal) -> Response:
    telemetry.report(refusal)
    # Chalice adds these to the answers of routes alone.
    headers: dict[str, Any] = {**cors.get_access_control_headers(), **refusal.headers}
    return Response(refusal.body, headers, refusal.status)


# Chalice's own refusals have another shape: ingest judges the content type itself, and a question
# has no body, whatever a client says of it.
any_content: dict[str, Any] = {"content_types": ["*/*"]}
free: dict[str, Any] = {"methods": ["GET"], **any_content}


@app.route("/health", **free)
def health() -> dict[str, str]:
    return {"status": "ok", "stage": settings.stage}


def request() -> dict[str, Any]:
    """Return the current request in API Gateway's proxy format."""
    return cast("Request", app.current_request).to_original_event()


posted: dict[str, Any] = {"methods": ["POST"], "api_key_required": True, **any_content}


@app.route("/events", **posted)
def ingest_event() -> Response:
    answer = pipeline().ingest.ingest_event(request())
    telemetry.report(answer)
    return Response(answer.body, {**answer.headers}, answer.status)


@app.route("/events/batch", **posted)
def ingest_batch() -> Response:
    answer = pipeline().ingest.ingest_batch(request())
    telemetry.report(answer)
    return Response(answer.body, {**answer.headers}, answer.status)


asked_for: dict[str, Any] = {**free, "api_key_required": True}


def answered(reply: Reply | Page | Answer) -> Response:
    telemetry.report(reply)
    return Response(reply.body, {**reply.headers}, reply.status)


@app.route("/metrics/live", **asked_for)
def live_metrics() -> Response:
    return answered(pipeline().query.live_metrics(request()))


@app.route("/metrics", **asked_for)
def metrics() -> Response:
    return answered(pipeline().query.metrics(request()))


@app.route("/metrics/event-types", **asked_for)
def event_types() -> Response:
    return answered(pipeline().query.event_types(request()))


@app.route("/attribution", **asked_for)
def attribution() -> Response:
    return answered(pipeline().query.attribution(request()))


@app.route("/anomalies", **asked_for)
def anomalies() -> Response:
    return answered(pipeline().query.anomalies(request()))


@app.route("/runs", **asked_for)
def runs() -> Response:
    return answered(pipeline().query.runs(request()))


@app.route("/batches", **asked_for)
def batches() -> Response:
    return answered(pipeline().query.batches(request()))


@app.route("/quarantine", **asked_for)
def quarantine() -> Response:
    return answered(pipeline().query.quarantine(request()))


@app.route("/freshness", **asked_for)
def freshness() -> Response:
    return answered(pipeline().query.freshness(request()))


@app.route("/experiments", **asked_for)
def experiments() -> Response:
    return answered(pipeline().query.experiments(request()))


@app.route("/experiments/{experiment_id}", **asked_for)
def experiment(experiment_id: str) -> Response:  # noqa: ARG001  part of the request
    return answered(pipeline().query.experiment(request()))


@app.route("/experiments/{experiment_id}", **{**posted, "methods": ["PUT"]})
def put_experiment(experiment_id: str) -> Response:  # noqa: ARG001  part of the request
    return answered(pipeline().experiments.put_definition(request()))


@app.route("/experiments/{experiment_id}/live", **asked_for)
def experiment_live(experiment_id: str) -> Response:  # noqa: ARG001  part of the request
    return answered(pipeline().query.experiment_live(request()))


@app.route("/experiments/{experiment_id}/results", **asked_for)
def experiment_results(experiment_id: str) -> Response:  # noqa: ARG001  part of the request
    return answered(pipeline().query.experiment_results(request()))


@app.route("/experiments/{experiment_id}/assignments/{user_id}", **asked_for)
def assignment(experiment_id: str, user_id: str) -> Response:  # noqa: ARG001  part of the request
    return answered(pipeline().query.assignment(request()))


@app.route("/experiments/{experiment_id}/assignments", **posted)
def assign_users(experiment_id: str) -> Response:  # noqa: ARG001  part of the request
    return answered(pipeline().experiments.assign_users(request()))


@app.route("/openapi.json", **free)
def openapi() -> Response:
    return answered(pipeline().query.openapi(request()))


@app.route("/dashboard", **free)
def dashboard() -> Response:
    return answered(pipeline().dashboard(request()))


@app.route("/dashboard/{file}", **free)
def dashboard_file(file: str) -> Response:  # noqa: ARG001  part of the request
    return answered(pipeline().dashboard(request()))


if serves_http():
    # A starting Lambda has a whole CPU whatever its memory; a first request would have to build
    # validators and client with a third of one. No other function needs them.
    with starting():
        pipeline().ingest.warm_up()
        pipeline().access.warm_up()


def process(event: KinesisEvent) -> dict[str, Any]:
    context = cast("LambdaContext", event.context)
    report = pipeline().process.process_batch(
        event.to_dict()["Records"], context.get_remaining_time_in_millis
    )
    telemetry.report(report)
    return report.to_lambda(partial=settings.partial_batch_responses)


from_stream: dict[str, Any] = {
    "batch_size": settings.kinesis_batch_size,
    "maximum_batching_window_in_seconds": settings.kinesis_batching_window_s,
    # The checkpoint makes it safe; LATEST loses what comes while the mapping is being made.
    "starting_position": "TRIM_HORIZON",
}


@app.on_kinesis_record(stream=settings.events_stream, name="process_events", **from_stream)
def process_events(event: KinesisEvent) -> dict[str, Any]:
    return process(event)


if settings.has_own_streams:

    @app.on_kinesis_record(stream=settings.clicks_stream, name="process_clicks", **from_stream)
    def process_clicks(event: KinesisEvent) -> dict[str, Any]:
        return process(event)

    @app.on_kinesis_record(
        stream=settings.checkouts_stream, name="process_checkouts", **from_stream
    )
    def process_checkouts(event: KinesisEvent) -> dict[str, Any]:
        return process(event)


def attribute(event: KinesisEvent, stage: AttributeBatch) -> dict[str, Any]:
    context = cast("LambdaContext", event.context)
    report = stage(event.to_dict()["Records"], context.get_remaining_time_in_millis)
    telemetry.report(report)
    return report.to_lambda(partial=settings.partial_batch_responses)


if settings.attributes_by_function:

    @app.on_kinesis_record(stream=settings.clicks_stream, name="attribute_clicks", **from_stream)
    def attribute_clicks(event: KinesisEvent) -> dict[str, Any]:
        return attribute(event, pipeline().attribution.attribute_clicks)

    @app.on_kinesis_record(
        stream=settings.checkouts_stream, name="attribute_checkouts", **from_stream
    )
    def attribute_checkouts(event: KinesisEvent) -> dict[str, Any]:
        return attribute(event, pipeline().attribution.attribute_checkouts)


if settings.attributes_by_spark:

    @app.lambda_function(name="control_attribution_job")
    def control_attribution_job(event: dict[str, Any], _context: object) -> dict[str, Any]:
        answered = pipeline().attribution_job.control_attribution_job(event)
        telemetry.report(answered)
        return answered.to_json()

    @app.schedule(Rate(5, Rate.MINUTES), name="watch_attribution_job")
    def watch_attribution_job(_event: CloudWatchEvent) -> None:
        telemetry.report(pipeline().attribution_job.watch_attribution_job())


if settings.attribution_job_starts:

    @app.schedule(settings.attribution_job_starts, name="start_attribution_job")
    def start_attribution_job(_event: CloudWatchEvent) -> None:
        telemetry.report(pipeline().attribution_job.start_attribution_job())


if settings.attribution_job_stops:

    @app.schedule(settings.attribution_job_stops, name="stop_attribution_job")
    def stop_attribution_job(_event: CloudWatchEvent) -> None:
        telemetry.report(pipeline().attribution_job.stop_attribution_job())


if settings.attribution:

    @app.lambda_function(name="report_attribution")
    def report_attribution(event: dict[str, Any], _context: object) -> dict[str, Any]:
        reported = pipeline().attribution.report_attribution(event)
        telemetry.report(reported)
        return reported.to_json()

    @app.lambda_function(name="migrate_database")
    def migrate_database(event: dict[str, Any], _context: object) -> dict[str, Any]:
        migrated = pipeline().attribution.migrate_database(event)
        telemetry.report(migrated)
        return migrated.to_json()

    @app.lambda_function(name="list_checkpoints")
    def list_checkpoints(_event: dict[str, Any], _context: object) -> dict[str, Any]:
        listed = pipeline().attribution.list_checkpoints()
        telemetry.report(listed)
        return listed.to_json()


@app.on_sqs_message(
    queue=settings.raw_queue,
    batch_size=settings.sqs_batch_size,
    maximum_batching_window_in_seconds=settings.sqs_batching_window_s,
    maximum_concurrency=settings.sqs_max_concurrency,
    name="transform_raw",
)
def transform_raw(event: SQSEvent) -> dict[str, Any]:
    report = pipeline().transform.transform_raw(event.to_dict()["Records"])
    telemetry.report(report)
    return report.to_lambda(partial=settings.partial_batch_responses)


if settings.synthetic_traffic:

    @app.schedule(Rate(5, Rate.MINUTES), name="generate_traffic")
    def generate_traffic(event: CloudWatchEvent) -> None:
        generated = pipeline().traffic.generate_traffic(event.to_dict()["time"])
        telemetry.report(generated)


@app.schedule(Cron(10, "*", "*", "*", "?", "*"), name="start_hourly_rollup")
def start_hourly_rollup(event: CloudWatchEvent) -> str:
    started = pipeline().rollup.start_hourly_rollup(event.to_dict()["time"])
    telemetry.report(started)
    return started.execution


@app.lambda_function(name="determine_hours")
def determine_hours(event: dict[str, Any], _context: object) -> dict[str, Any]:
    work = pipeline().rollup.determine_hours(event)
    telemetry.report(work)
    return work.to_json()


@app.lambda_function(name="roll_up_hour")
def roll_up_hour(event: dict[str, Any], _context: object) -> dict[str, Any]:
    result = pipeline().rollup.roll_up_hour(event)
    telemetry.report(result)
    return result.to_json()


@app.lambda_function(name="seal_hour")
def seal_hour(event: dict[str, Any], _context: object) -> dict[str, Any]:
    sealing = pipeline().upkeep.seal_hour(event)
    telemetry.report(sealing)
    return sealing.to_json()


@app.lambda_function(name="judge_hours")
def judge_hours(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    judgement = pipeline().anomalies.judge_hours()
    telemetry.report(judgement)
    return judgement.to_json()


@app.lambda_function(name="publish_alerts")
def publish_alerts(event: dict[str, Any], _context: object) -> dict[str, Any]:
    published = pipeline().anomalies.publish_alerts(event)
    telemetry.report(published)
    return published.to_json()


@app.lambda_function(name="compute_results")
def compute_results(_event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    computation = pipeline().experiment_results.compute_results(
        context.get_remaining_time_in_millis
    )
    telemetry.report(computation)
    return computation.to_json()


@app.lambda_function(name="record_run")
def record_run(event: dict[str, Any], _context: object) -> dict[str, Any]:
    run = pipeline().rollup.record_run(event)
    telemetry.report(run)
    return run.to_json()
