// One service of a small shop: node shop.js gateway|orders|billing|worker.
// HTTP spans come from the SDK's own instrumentation, the others are made with the API.
// It prints its port, serves until its standard input ends, and then prints how many spans it has sent.
"use strict";
const {
  DiagConsoleLogger, DiagLogLevel, SamplingDecision, SpanKind, SpanStatusCode,
  context, diag, metrics, propagation, trace,
} = require("@opentelemetry/api");
const { HttpInstrumentation } = require("@opentelemetry/instrumentation-http");
const { NodeSDK } = require("@opentelemetry/sdk-node");

/** Samples all, as the SDK does by default, and counts. */
const counter = {
  spans: 0,
  shouldSample() {
    this.spans += 1;
    return { decision: SamplingDecision.RECORD_AND_SAMPLED };
  },
  toString: () => "Counter",
};

// What a receiver answers is said here: all of it shall be seen.
diag.setLogger(new DiagConsoleLogger(), DiagLogLevel.WARN);
const sdk = new NodeSDK({ sampler: counter, instrumentations: [new HttpInstrumentation()] });
sdk.start();

// Only after the start, so that the instrumentation is in them.
const http = require("node:http");
const net = require("node:net");

const tracer = trace.getTracer("interop.shop", "1.0");
const requests = metrics.getMeter("interop.shop").createCounter("requests");

/** Calls a service over HTTP; gives the status code. */
function call(name, path) {
  return new Promise((resolve, reject) => {
    http
      .get(`http://${process.env[`${name.toUpperCase()}_ADDRESS`]}${path}`, (reply) => {
        reply.resume();
        reply.on("end", () => resolve(reply.statusCode));
      })
      .on("error", reject);
  });
}

/** A database call's span; there is no database. */
function database(system, host, port, operation, text, more) {
  const attributes = {
    "db.system.name": system,
    "db.operation.name": operation,
    "db.query.text": text,
    "server.address": host,
    "server.port": port,
    ...more,
  };
  tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes }).end();
}

/** Hands an order to the worker, which plays the broker as well, with the producer's context in the message. */
function publish(order) {
  const attributes = {
    "messaging.system": "kafka",
    "messaging.destination.name": "order-events",
    "messaging.operation.name": "send",
    "messaging.operation.type": "send",
  };
  return tracer.startActiveSpan("send order-events", { kind: SpanKind.PRODUCER, attributes }, (span) => {
    const headers = {};
    propagation.inject(context.active(), headers);
    const [host, port] = process.env.WORKER_ADDRESS.split(":");
    return new Promise((resolve, reject) => {
      const connection = net.connect(Number(port), host);
      connection.on("error", reject);
      connection.on("data", () => connection.end());
      connection.on("close", () => {
        span.end();
        resolve();
      });
      connection.write(`${JSON.stringify({ order, headers })}\n`);
    });
  });
}

async function orders(path) {
  if (path === "/refund") return call("billing", "/refund");
  const order = Number(path.split("/")[2]);
  const span = trace.getActiveSpan();
  span.setAttributes({ "order.id": order, "order.total": 12.5, "order.is_gift": true });
  span.setAttributes({ "order.tags": ["new", "寿司"], "order.sizes": [1, -2, 3] });
  span.addEvent("order.checked", { attempt: 1 });
  database("redis", "session-cache", 6379, "GET", "GET session:?", {});
  database("postgresql", "orders-db", 5432, "SELECT", "SELECT * FROM orders WHERE id = $1", {
    "db.namespace": "shop",
    "db.collection.name": "orders",
  });
  const status = await call("billing", "/charge");
  await publish(order);
  return status;
}

function billing(path) {
  if (path === "/refund") throw new Error("the ledger is closed");
  return 200;
}

const ROUTES = { gateway: (path) => call("orders", path), orders, billing };

function serve(service) {
  return http.createServer(async (request, response) => {
    const span = trace.getActiveSpan();
    let status = 500;
    try {
      status = await ROUTES[service](request.url);
    } catch (error) {
      span.recordException(error);
      span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    }
    requests.add(1);
    response.writeHead(status).end();
  });
}

/** The worker's end of the queue: each message starts a trace with a link to the one that sent it. */
function inbox() {
  return net.createServer((connection) => {
    connection.once("data", (line) => {
      const message = JSON.parse(line);
      const producer = trace.getSpanContext(propagation.extract(context.active(), message.headers));
      const attributes = {
        "messaging.system": "kafka",
        "messaging.destination.name": "order-events",
        "messaging.operation.name": "process",
        "messaging.operation.type": "process",
        "messaging.consumer.group.name": "mailers",
      };
      const options = { kind: SpanKind.CONSUMER, attributes, links: [{ context: producer }], root: true };
      tracer.startActiveSpan("process order-events", options, (span) => {
        tracer.startSpan("write mail").end();
        span.end();
      });
      connection.write("done\n");
    });
  });
}

const service = process.argv[2];
const server = service === "worker" ? inbox() : serve(service);
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
process.stdin.resume();
process.stdin.on("end", async () => {
  server.close();
  await sdk.shutdown();
  console.log(`sent ${counter.spans}`);
  process.exit(0);
});
