"""One service of a small shop, its spans made with the OpenTelemetry API: shop.py gateway|orders|billing|worker.

It prints its port, serves until its standard input ends, and then prints how many spans it has sent.
"""
import json
import logging
import os
import socket
import socketserver
import sys
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry import metrics, propagate, trace
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Link, SpanKind, StatusCode

if os.environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") == "http/protobuf":
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
else:
    from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter


class Counter(SpanProcessor):
    """Counts the spans that the exporter is given."""

    def __init__(self):
        self.spans = 0
        self.lock = threading.Lock()

    def on_end(self, span):
        with self.lock:
            self.spans += 1


tracer = trace.get_tracer("interop.shop", "1.0")


def call(name, path):
    """Calls a service over HTTP within a client span; returns the status code."""
    host, port = os.environ[f"{name.upper()}_ADDRESS"].split(":")
    url = f"http://{host}:{port}{path}"
    attributes = {
        "http.request.method": "GET",
        "url.full": url,
        "server.address": host,
        "server.port": int(port),
    }
    with tracer.start_as_current_span("GET", kind=SpanKind.CLIENT, attributes=attributes) as span:
        headers = {}
        propagate.inject(headers)
        try:
            with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as reply:
                status = reply.status
        except urllib.error.HTTPError as error:
            status = error.code
            span.set_attribute("error.type", str(status))
            span.set_status(StatusCode.ERROR)
        span.set_attribute("http.response.status_code", status)
        return status


def database(system, host, port, operation, text, **more):
    """A database call's span; there is no database."""
    attributes = {
        "db.system.name": system,
        "db.operation.name": operation,
        "db.query.text": text,
        "server.address": host,
        "server.port": port,
        **more,
    }
    with tracer.start_as_current_span(operation, kind=SpanKind.CLIENT, attributes=attributes):
        pass


def publish(order):
    """Hands an order to the worker, which plays the broker as well, with the producer's context in the message."""
    attributes = {
        "messaging.system": "kafka",
        "messaging.destination.name": "order-events",
        "messaging.operation.name": "send",
        "messaging.operation.type": "send",
    }
    with tracer.start_as_current_span("send order-events", kind=SpanKind.PRODUCER, attributes=attributes):
        headers = {}
        propagate.inject(headers)
        host, port = os.environ["WORKER_ADDRESS"].split(":")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(json.dumps({"order": order, "headers": headers}).encode() + b"\n")
            connection.makefile().readline()


def gateway(path):
    return call("orders", path)


def orders(path):
    if path == "/refund":
        return call("billing", "/refund")
    order = path.rsplit("/", 1)[1]
    span = trace.get_current_span()
    span.set_attributes({"order.id": int(order), "order.total": 12.5, "order.is_gift": True})
    span.set_attributes({"order.tags": ["new", "寿司"], "order.sizes": [1, -2, 3]})
    span.add_event("order.checked", {"attempt": 1})
    database("redis", "session-cache", 6379, "GET", "GET session:?")
    database(
        "postgresql", "orders-db", 5432, "SELECT", "SELECT * FROM orders WHERE id = $1",
        **{"db.namespace": "shop", "db.collection.name": "orders"},
    )
    status = call("billing", "/charge")
    publish(int(order))
    return status


def billing(path):
    if path == "/refund":
        raise RuntimeError("the ledger is closed")
    return 200


ROUTES = {"gateway": gateway, "orders": orders, "billing": billing}


def handler_of(service):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            parts = self.path.split("/")
            route = "/orders/{id}" if len(parts) == 3 else self.path
            attributes = {
                "http.request.method": "GET",
                "url.path": self.path,
                "url.scheme": "http",
                "http.route": route,
            }
            # The propagator looks for names in lower case; HTTP allows any.
            parent = propagate.extract({name.lower(): value for name, value in self.headers.items()})
            with tracer.start_as_current_span(
                f"GET {route}", parent, SpanKind.SERVER, attributes,
                record_exception=False, set_status_on_exception=False,
            ) as span:
                try:
                    status = ROUTES[service](self.path)
                except RuntimeError as error:
                    span.record_exception(error)
                    span.set_status(StatusCode.ERROR, str(error))
                    status = 500
                span.set_attribute("http.response.status_code", status)
                if status >= 500:
                    span.set_attribute("error.type", str(status))
                    span.set_status(StatusCode.ERROR)
                requests.add(1, {"http.route": route})
                self.send_response(status)
                self.end_headers()

        def log_message(self, *_):
            pass

    return Handler


class Inbox(socketserver.StreamRequestHandler):
    """The worker's end of the queue: each message starts a trace with a link to the one that sent it."""

    def handle(self):
        message = json.loads(self.rfile.readline())
        producer = trace.get_current_span(propagate.extract(message["headers"])).get_span_context()
        attributes = {
            "messaging.system": "kafka",
            "messaging.destination.name": "order-events",
            "messaging.operation.name": "process",
            "messaging.operation.type": "process",
            "messaging.consumer.group.name": "mailers",
        }
        with tracer.start_as_current_span(
            "process order-events", kind=SpanKind.CONSUMER, attributes=attributes, links=[Link(producer)]
        ):
            with tracer.start_as_current_span("write mail"):
                pass
        self.wfile.write(b"done\n")


def main(service):
    # The exporters say in the log what a receiver answers them: all of it shall be seen.
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    counter = Counter()
    provider = TracerProvider()
    provider.add_span_processor(counter)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    meters = None
    if os.environ.get("OTEL_METRICS_EXPORTER") == "otlp":
        meters = MeterProvider([PeriodicExportingMetricReader(OTLPMetricExporter())])
        metrics.set_meter_provider(meters)
    global requests
    requests = metrics.get_meter("interop.shop").create_counter("requests")

    local = ("127.0.0.1", 0)
    if service == "worker":
        server = socketserver.ThreadingTCPServer(local, Inbox)
    else:
        server = ThreadingHTTPServer(local, handler_of(service))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"port {server.server_address[1]}", flush=True)
    sys.stdin.read()
    server.shutdown()
    provider.shutdown()
    if meters:
        meters.shutdown()
    print(f"sent {counter.spans}", flush=True)


main(sys.argv[1])
