//! Words that are everybody's: values and keys by which nobody is known, so that they may stay whatever is hidden.
use crate::graph::is_rpc_name;

/// Products of databases, queues, calls and AI, by semantic conventions 1.44 and the ones before.
const PRODUCTS: &str = "other_sql _other softwareag.adabas adabas actian.ingres ingres aws.dynamodb dynamodb \
    aws.redshift redshift azure.cosmosdb cosmosdb intersystems.cache intersystems_cache cache cassandra clickhouse \
    cockroachdb couchbase couchdb derby elasticsearch firebirdsql firebird gcp.spanner spanner geode h2database h2 \
    hbase hive hsqldb ibm.db2 db2 ibm.informix informix ibm.netezza netezza influxdb instantdb mariadb memcached \
    mongodb microsoft.sql_server mssql mssqlcompact sqlserver mysql neo4j opensearch oracle.db oracle postgresql \
    postgres redis sap.hana hanadb sap.maxdb maxdb sqlite teradata trino presto cloudscape coldfusion edb filemaker \
    firstsql interbase pervasive pointbase progress sybase vertica valkey aws.elasticache hazelcast dragonfly keydb \
    etcd rocksdb leveldb scylladb timescaledb tidb yugabytedb snowflake bigquery athena druid pinot duckdb milvus \
    pinecone qdrant weaviate chroma \
    activemq artemis aws_sqs aws.sqs aws_sns aws.sns aws_kinesis aws.kinesis kinesis eventgrid eventhubs servicebus \
    gcp_pubsub jms kafka pulsar rabbitmq rocketmq nats mqtt celery amqp stan nsq zeromq bullmq sidekiq resque \
    grpc java_rmi dotnet_wcf apache_dubbo dubbo connect_rpc connectrpc jsonrpc onc_rpc thrift aws-api twirp trpc \
    soap kitex brpc \
    openai anthropic aws.bedrock az.ai.inference az.ai.openai azure.ai.inference azure.ai.openai cohere deepseek \
    gcp.gemini gcp.gen_ai gcp.vertex_ai gemini vertex_ai groq ibm.watsonx.ai mistral_ai perplexity x_ai xai ollama \
    huggingface";

/// Exceptions and errors of languages, standard libraries and widely used clients, without their packages.
const ERRORS: &str = "Error Exception RuntimeError RuntimeException TypeError ValueError KeyError IndexError \
    AttributeError NameError OSError IOError IOException EOFError EOFException TimeoutError TimeoutException \
    SocketTimeoutException ConnectTimeoutException HttpTimeoutException ReadTimeoutException ReadTimeout ConnectTimeout \
    Timeout ConnectionError ConnectException ConnectError ConnectionRefusedError ConnectionResetError \
    ConnectionAbortedError BrokenPipeError SocketException UnknownHostException NoRouteToHostException \
    HttpRequestException HTTPError HttpError URLError RequestException TaskCanceledException \
    OperationCanceledException CancelledError CancellationException InvalidOperationException ArgumentException \
    ArgumentNullException ArgumentOutOfRangeException NullReferenceException NullPointerException \
    IllegalArgumentException IllegalStateException IndexOutOfBoundsException IndexOutOfRangeException \
    ArrayIndexOutOfBoundsException ClassCastException InvalidCastException ConcurrentModificationException \
    UnsupportedOperationException NotSupportedException NumberFormatException FormatException OutOfMemoryError \
    OutOfMemoryException StackOverflowError InterruptedException ExecutionException SQLException \
    SQLTimeoutException SqlException StatusRuntimeException RpcError RpcException AssertionError \
    NotImplementedError NotImplementedException ReferenceError RangeError SyntaxError AggregateError \
    AggregateException AbortError ZeroDivisionError ArithmeticException DivideByZeroException KeyNotFoundException \
    FileNotFoundError FileNotFoundException PermissionError UnauthorizedAccessException JSONDecodeError \
    UnicodeDecodeError RecursionError StopIteration SSLError SSLException SSLHandshakeException LockTimeout \
    *errors.errorString *errors.joinError *url.Error *net.OpError *net.DNSError *fmt.wrapError \
    context.deadlineExceededError context.DeadlineExceeded context.Canceled *os.PathError *json.SyntaxError \
    timeout canceled cancelled _OTHER unknown ECONNREFUSED ECONNRESET ENOTFOUND ETIMEDOUT ESOCKETTIMEDOUT EPIPE \
    EHOSTUNREACH EAI_AGAIN ECONNABORTED name_resolution_error connection_refused connection_error";

/// The packages in which they are.
const PACKAGES: &str = "java.lang java.util java.util.concurrent java.net java.net.http java.io java.sql \
    javax.net.ssl System System.Net.Http System.Net.Sockets System.Threading.Tasks System.Threading System.IO \
    System.Collections.Generic Microsoft.Data.SqlClient builtins asyncio asyncio.exceptions concurrent.futures socket \
    ssl json requests.exceptions urllib3.exceptions urllib.error httpx aiohttp io.grpc grpc Grpc.Core std";

/// Events that semantic conventions name.
const EVENTS: &str = "exception message log rpc.message feature_flag feature_flag.evaluation session.start \
    session.end gen_ai.content.prompt gen_ai.content.completion gen_ai.user.message gen_ai.system.message \
    gen_ai.assistant.message gen_ai.tool.message gen_ai.choice gen_ai.client.inference.operation.details \
    gen_ai.evaluation.result browser.web_vital device.app.lifecycle app.crash app.jank";

/// Methods, messaging operations and samplers.
const VERBS: &str = "GET POST PUT PATCH DELETE HEAD OPTIONS CONNECT TRACE QUERY _OTHER HTTP";
const OPERATIONS: &str = "create send publish receive process deliver settle";
const SAMPLERS: &str = "probabilistic const ratelimiting remote lowerbound";
const SCHEMES: &str = "http https ws wss grpc grpcs ftp sftp amqp amqps redis rediss postgres postgresql mysql \
    mongodb kafka jdbc tcp udp unix file s3 gs";

/// How the keys of semantic conventions begin, up to the first dot.
const NAMESPACES: &str = "android app artifact aspnetcore aws azure browser cassandra cicd client cloud code \
    container cpu cpython db deployment destination device disk dns dotnet elasticsearch enduser error event exception \
    faas feature_flag file gcp gen_ai geo go graphql grpc hardware heroku host http hw ios jvm k8s kestrel linux log \
    mcp message messaging net network nodejs oci opentracing os otel peer pool process profile rpc server service \
    session sampler signalr source span state system telemetry test thread tls url user user_agent v8js vcs webengine \
    zipkin zos";

/// What versions are made of beside digits.
const OF_VERSIONS: &str = "v rc alpha beta snapshot release final dev pre post latest stable m b sp ga build";

fn holds(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|w| w == word)
}

/// Whether a text is the name of a product.
pub(super) fn is_product(text: &str) -> bool {
    holds(PRODUCTS, text) || holds(PRODUCTS, &text.to_ascii_lowercase())
}

/// Whether a text is a kind of error that everybody has: of a language, a standard library, a protocol.
pub(super) fn is_error(text: &str) -> bool {
    let (package, name) = text.rsplit_once('.').unwrap_or(("", text));
    let is_of_library = holds(ERRORS, name) && (package.is_empty() || holds(PACKAGES, package));
    is_code(text) || holds(ERRORS, text) || is_of_library
}

/// Whether semantic conventions name such an event.
pub(super) fn is_event(text: &str) -> bool {
    holds(EVENTS, text)
}

/// Whether a text is an HTTP method.
pub(super) fn is_verb(text: &str) -> bool {
    holds(VERBS, text)
}

/// Whether a text is an operation of messaging, or a way of sampling.
pub(super) fn is_operation(text: &str) -> bool {
    holds(OPERATIONS, text) || holds(SAMPLERS, text)
}

/// The scheme of a URL, or a word that tells nothing.
pub(super) fn scheme(text: &str) -> &str {
    if holds(SCHEMES, text) { text } else { "url" }
}

/// Whether a text is a number, a truth value, or the code of a protocol or a database.
pub(super) fn is_code(text: &str) -> bool {
    let is_state = text.len() == 5
        && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        && text.bytes().any(|b| b.is_ascii_digit());
    let is_oracle =
        text.strip_prefix("ORA-").is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()));
    let is_number = text.trim().parse::<f64>().is_ok();
    is_number || matches!(text, "true" | "false") || is_state || is_oracle || is_rpc_name(text)
}

/// Whether a version is one of digits, or of a commit, and tells no name.
pub(super) fn is_version(text: &str) -> bool {
    let is_digits = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let is_part = |part: &str| {
        let lower = part.to_ascii_lowercase();
        let word = lower.trim_end_matches(|c: char| c.is_ascii_digit());
        let is_commit = (7..=40).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_hexdigit())
            && part.bytes().any(|b| b.is_ascii_digit());
        is_digits(part) || holds(OF_VERSIONS, word) || is_commit
    };
    text.len() <= 64 && text.split(['.', '-', '+', '_']).all(is_part)
}

/// Whether a key is one of semantic conventions by how it begins, so that it holds nobody's name.
pub(super) fn is_key(key: &str) -> bool {
    let first = key.split('.').next().unwrap_or_default();
    holds(NAMESPACES, first) || crate::model::semconv::role(key).is_some_and(|r| !r.is_of_ending())
}

/// Whether the address of a schema is that of OpenTelemetry.
pub(super) fn is_schema(url: &str) -> bool {
    let rest = url.strip_prefix("https://opentelemetry.io/schemas/");
    rest.is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
}

/// What decides the weight of a span, of a trace state; the rest is of vendors.
pub(super) fn sampling(state: &str) -> String {
    let Some(ours) = state.split(',').find_map(|m| m.trim().strip_prefix("ot=")) else {
        return String::new();
    };
    let is_sound = |member: &&str| {
        let known = ["th:", "rv:", "p:", "r:"].iter().find_map(|k| member.strip_prefix(k));
        known.is_some_and(|v| v.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let kept: Vec<&str> = ours.split(';').filter(is_sound).collect();
    if kept.is_empty() { String::new() } else { format!("ot={}", kept.join(";")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_everybodys_is_known_and_what_is_not_is_not() {
        for known in
            ["500", "java.net.SocketTimeoutException", "TimeoutError", "UNAVAILABLE", "_OTHER", "57014"]
        {
            assert!(is_error(known), "{known}");
        }
        for own in ["AcmePaymentError", "com.acme.TimeoutException", "java.acme.Error", "acme down"] {
            assert!(!is_error(own), "{own}");
        }
        for version in ["1.2.3", "v2", "2.0.0-rc1", "1.4.0+9fceb02", "2026-03-10", "9fceb02d0ae598e95dc970b7"]
        {
            assert!(is_version(version), "{version}");
        }
        for own in ["1.2.3-acme", "acme", "for-bob-7"] {
            assert!(!is_version(own), "{own}");
        }
        assert!(is_key("http.route") && is_key("k8s.pod.name") && is_key("error"));
        assert!(!is_key("warehouse.api.timeout") && !is_key("acme.tier"));
        assert_eq!(sampling("acme=x, ot=th:c;acme:y;rv:0123456789abcd"), "ot=th:c;rv:0123456789abcd");
        assert!(is_product("Kafka") && !is_product("acmedb") && scheme("acme") == "url");
    }
}
