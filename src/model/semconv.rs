//! Attribute names: which key says what, in OpenTelemetry's current and former conventions.
//!
//! Each known key maps to a canonical [`Field`] and a rank; where several keys of one field are present the
//! lowest rank wins (semantic conventions 1.44: the new name before the old).

/// What a span attribute can say, whatever its key was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Field {
    /// Name of the called service.
    PeerService,
    /// Host of the called side.
    PeerHost,
    /// Port of the called side.
    PeerPort,
    /// Full URL.
    Url,
    /// HTTP method.
    HttpMethod,
    /// HTTP status code.
    HttpStatus,
    /// Route template.
    HttpRoute,
    /// Path of the URL.
    UrlPath,
    /// How many times this request was sent again.
    Resend,
    /// Database product.
    DbSystem,
    /// Database name.
    DbName,
    /// Table or collection.
    DbCollection,
    /// Database operation.
    DbOperation,
    /// Statement text.
    DbText,
    /// Short form of the statement.
    DbSummary,
    /// Status code of the database.
    DbStatus,
    /// RPC system.
    RpcSystem,
    /// RPC service.
    RpcService,
    /// RPC method.
    RpcMethod,
    /// RPC status code.
    RpcStatus,
    /// Messaging product.
    MessagingSystem,
    /// Queue or topic.
    MessagingDestination,
    /// Whether the destination is temporary or anonymous.
    MessagingTemporary,
    /// Messaging operation.
    MessagingOperation,
    /// Messages in the batch.
    MessagingBatch,
    /// Class of the error.
    ErrorType,
    /// OpenTracing's and Zipkin's error tag.
    ErrorFlag,
    /// A boolean whose key ends in `timeout` or `timed_out`.
    TimeoutFlag,
    /// Free-form status attribute.
    StatusText,
    /// Class of an exception (on events).
    ExceptionType,
    /// Message of an exception (on events).
    ExceptionMessage,
    /// Whether an exception left the span (on events).
    ExceptionEscaped,
    /// Generative AI provider.
    GenAi,
    /// Name of an invoked function.
    FaasName,
    /// Bucket or table of a cloud service.
    CloudResource,
    /// Zipkin: the id is shared with the client's half.
    ZipkinShared,
    /// Jaeger's sampler type.
    SamplerType,
    /// Jaeger's sampler parameter.
    SamplerParam,
    /// Host header.
    HttpHost,
}

/// How many fields there are.
pub const FIELDS: usize = Field::HttpHost as usize + 1;

/// A field and the rank of one of its keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Role {
    /// What the key says.
    pub field: Field,
    /// 0 is the preferred key.
    pub rank: u8,
}

impl Role {
    /// Whether only the end of the key says it, so that its beginning may be anything.
    pub fn is_of_ending(self) -> bool {
        self.field == Field::TimeoutFlag
    }
}

/// What a span or event attribute's key says, if anything is known of it.
pub fn role(key: &str) -> Option<Role> {
    let (field, rank) = known(key)?;
    Some(Role { field, rank })
}

fn known(key: &str) -> Option<(Field, u8)> {
    use Field as F;
    if key.ends_with("timeout") || key.ends_with("timed_out") {
        return Some((F::TimeoutFlag, 0));
    }
    Some(match key {
        "service.peer.name" => (F::PeerService, 0),
        "peer.service" => (F::PeerService, 1),
        "server.address" => (F::PeerHost, 0),
        "net.peer.name" => (F::PeerHost, 1),
        "network.peer.address" => (F::PeerHost, 4),
        "net.sock.peer.addr" => (F::PeerHost, 5),
        "net.peer.ip" => (F::PeerHost, 6),
        "peer.hostname" => (F::PeerHost, 7),
        "peer.address" => (F::PeerHost, 8),
        "server.port" => (F::PeerPort, 0),
        "net.peer.port" => (F::PeerPort, 1),
        "network.peer.port" => (F::PeerPort, 2),
        "net.sock.peer.port" => (F::PeerPort, 3),
        "http.host" => (F::HttpHost, 0),
        "url.full" => (F::Url, 0),
        "http.url" => (F::Url, 1),
        "http.request.method" => (F::HttpMethod, 0),
        "http.method" => (F::HttpMethod, 1),
        "http.response.status_code" => (F::HttpStatus, 0),
        "http.status_code" => (F::HttpStatus, 1),
        "http.route" => (F::HttpRoute, 0),
        "url.path" => (F::UrlPath, 0),
        "http.target" => (F::UrlPath, 1),
        "http.request.resend_count" => (F::Resend, 0),
        "http.resend_count" => (F::Resend, 1),
        "error.type" => (F::ErrorType, 0),
        "error" => (F::ErrorFlag, 0),
        "status" => (F::StatusText, 0),
        "exception.type" => (F::ExceptionType, 0),
        "exception.message" => (F::ExceptionMessage, 0),
        "exception.escaped" => (F::ExceptionEscaped, 0),
        "gen_ai.provider.name" => (F::GenAi, 0),
        "gen_ai.system" => (F::GenAi, 1),
        "faas.invoked_name" => (F::FaasName, 0),
        "aws.s3.bucket" => (F::CloudResource, 0),
        "aws.dynamodb.table_names" => (F::CloudResource, 1),
        "tablename" => (F::CloudResource, 2),
        "zipkin.shared" => (F::ZipkinShared, 0),
        "sampler.type" => (F::SamplerType, 0),
        "sampler.param" => (F::SamplerParam, 0),
        _ => return known_db(key).or_else(|| known_rpc_or_messaging(key)),
    })
}

fn known_db(key: &str) -> Option<(Field, u8)> {
    use Field as F;
    Some(match key {
        "db.system.name" => (F::DbSystem, 0),
        "db.system" => (F::DbSystem, 1),
        "db.namespace" => (F::DbName, 0),
        "db.name" => (F::DbName, 1),
        "db.redis.database_index" => (F::DbName, 2),
        "db.cassandra.keyspace" => (F::DbName, 3),
        "db.elasticsearch.cluster.name" => (F::DbName, 4),
        "db.instance" => (F::DbName, 5),
        "db.collection.name" => (F::DbCollection, 0),
        "db.sql.table" => (F::DbCollection, 1),
        "db.mongodb.collection" => (F::DbCollection, 2),
        "db.cassandra.table" => (F::DbCollection, 3),
        "db.cosmosdb.container" => (F::DbCollection, 4),
        "db.operation.name" => (F::DbOperation, 0),
        "db.operation" => (F::DbOperation, 1),
        "db.query.text" => (F::DbText, 0),
        "db.statement" => (F::DbText, 1),
        "sql" => (F::DbText, 2),
        "sql.query" => (F::DbText, 3),
        "db.query.summary" => (F::DbSummary, 0),
        "db.response.status_code" => (F::DbStatus, 0),
        "db.cosmosdb.status_code" => (F::DbStatus, 1),
        _ => return None,
    })
}

fn known_rpc_or_messaging(key: &str) -> Option<(Field, u8)> {
    use Field as F;
    Some(match key {
        "rpc.system.name" => (F::RpcSystem, 0),
        "rpc.system" => (F::RpcSystem, 1),
        "rpc.service" => (F::RpcService, 0),
        "rpc.method" => (F::RpcMethod, 0),
        "rpc.status_code" => (F::RpcStatus, 0),
        "rpc.response.status_code" => (F::RpcStatus, 1),
        "rpc.grpc.status_code" => (F::RpcStatus, 2),
        "rpc.connect_rpc.error_code" => (F::RpcStatus, 3),
        "rpc.jsonrpc.error_code" => (F::RpcStatus, 4),
        "grpc.status_code" => (F::RpcStatus, 5),
        "messaging.system" => (F::MessagingSystem, 0),
        "messaging.destination.template" => (F::MessagingDestination, 0),
        "messaging.destination.name" => (F::MessagingDestination, 1),
        "messaging.destination" => (F::MessagingDestination, 2),
        "messaging.destination_publish.name" => (F::MessagingDestination, 3),
        "message_bus.destination" => (F::MessagingDestination, 4),
        "messaging.destination.temporary"
        | "messaging.temp_destination"
        | "messaging.destination.anonymous" => (F::MessagingTemporary, 0),
        "messaging.operation.type" => (F::MessagingOperation, 0),
        "messaging.operation" => (F::MessagingOperation, 1),
        "messaging.batch.message_count" => (F::MessagingBatch, 0),
        _ => return None,
    })
}

/// One name for one database product: former names become current ones.
pub fn db_system(name: &str) -> &str {
    match name {
        "mssql" => "microsoft.sql_server",
        "oracle" => "oracle.db",
        "db2" => "ibm.db2",
        "dynamodb" => "aws.dynamodb",
        "redshift" => "aws.redshift",
        "cosmosdb" => "azure.cosmosdb",
        "spanner" => "gcp.spanner",
        "hanadb" => "sap.hana",
        "h2" => "h2database",
        other => other,
    }
}

/// Whether a database product is a cache.
pub fn is_cache(system: &str) -> bool {
    matches!(
        system,
        "redis" | "memcached" | "valkey" | "aws.elasticache" | "hazelcast" | "dragonfly" | "keydb"
    )
}

/// Resource keys of each identity field, preferred first.
pub mod resource {
    /// Service name.
    pub const SERVICE: &[&str] = &["service.name"];
    /// Service namespace.
    pub const NAMESPACE: &[&str] = &["service.namespace"];
    /// Service version.
    pub const VERSION: &[&str] = &["service.version", "container.image.tags", "vcs.ref.head.revision"];
    /// Service instance.
    pub const INSTANCE: &[&str] = &["service.instance.id", "k8s.pod.name", "host.name"];
    /// Deployment environment.
    pub const ENVIRONMENT: &[&str] = &["deployment.environment.name", "deployment.environment", "env"];
    /// Host, for clock skew.
    pub const HOST: &[&str] = &["host.id", "host.ip", "host.name", "k8s.node.name", "service.instance.id"];
    /// Where it runs, for measurements that name no service.
    pub const PLACE: &[&str] = &["k8s.pod.name", "k8s.pod.uid", "container.id", "host.name"];
    /// Region and zone.
    pub const REGION: &[&str] = &[
        "cloud.region",
        "cloud.availability_zone",
        "aws.region",
        "gcp.region",
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/zone",
        "availability_zone",
        "region",
        "zone",
    ];
    /// Program, for services without a name.
    pub const EXECUTABLE: &[&str] = &["process.executable.name"];
}
