//! Measurements as decoded: the metrics that say how busy a service is, and no others.
use super::{Timestamp, Value};

/// What the points of a metric are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A level at a moment: the mean over time means something.
    Level,
    /// A total that only grows: its growth means something.
    Total,
    /// A number of events and the sum of their sizes: a histogram or a summary.
    Spread,
}

/// A metric that is kept, under whatever name it was sent.
///
/// Ratios are 0 to 1, CPU in cores or CPU seconds, memory in bytes, durations in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metric {
    /// Share of all CPUs that the process uses.
    ProcessCpuRatio,
    /// CPU seconds of the process.
    ProcessCpuTime,
    /// Share of all CPUs that the Java machine uses.
    JvmCpuRatio,
    /// CPU seconds of the .NET process.
    DotnetCpuTime,
    /// CPUs that the process may use.
    CpuCount,
    /// Cores that the container uses.
    ContainerCpuUsage,
    /// Share of its CPU that the container uses.
    ContainerCpuRatio,
    /// Cores that the pod uses.
    PodCpuUsage,
    /// Share of its limit that the pod uses.
    PodCpuRatio,
    /// Cores that the container or pod may use.
    CpuLimit,
    /// Share of the time that the machine's CPUs spend in a state.
    SystemCpuRatio,
    /// Share of the memory that the process uses.
    ProcessMemoryRatio,
    /// Bytes that the process uses.
    ProcessMemoryUsage,
    /// Bytes that the Java machine uses, by kind.
    JvmMemoryUsed,
    /// Bytes that the Java machine may use, by kind.
    JvmMemoryLimit,
    /// Bytes that the container uses.
    ContainerMemoryUsage,
    /// Bytes that the pod uses.
    PodMemoryUsage,
    /// Share of its limit that the pod uses.
    PodMemoryRatio,
    /// Bytes that the container or pod may use.
    MemoryLimit,
    /// Bytes that the Go program uses.
    GoMemoryUsed,
    /// Bytes that the Go program aims to stay under.
    GoMemoryLimit,
    /// Bytes of heap that V8 uses.
    V8HeapUsed,
    /// Bytes of heap that V8 may use.
    V8HeapLimit,
    /// Share of the machine's memory in a state.
    SystemMemoryRatio,
    /// Connections of a pool by state.
    PoolCount,
    /// Connections that a pool may have.
    PoolMax,
    /// Requests that wait for a connection.
    PoolPending,
    /// Requests that gave up waiting for one.
    PoolTimeouts,
    /// Seconds that requests waited for one.
    PoolWait,
    /// Pauses of the garbage collector, seconds.
    GcPause,
    /// Threads.
    Threads,
    /// Share of the time that Node's event loop is busy.
    EventLoopRatio,
    /// 99th percentile of the delay of Node's event loop, seconds.
    EventLoopDelay,
    /// Goroutines.
    Goroutines,
    /// Seconds that goroutines waited to run.
    ScheduleDelay,
    /// Work that waits for a thread of .NET's pool.
    ThreadPoolQueue,
    /// Open files.
    OpenFiles,
    /// HTTP requests served, seconds.
    HttpServed,
    /// RPC requests served, seconds.
    RpcServed,
    /// Calls to databases, seconds.
    DatabaseCalls,
}

/// Names, what they mean, and what a value is multiplied by to be in our unit.
///
/// OpenTelemetry's semantic conventions 1.44, their former names, and a few that are widely sent.
const NAMES: &[(&str, Metric, f64)] = &[
    ("process.cpu.utilization", Metric::ProcessCpuRatio, 1.0),
    ("process.cpu.time", Metric::ProcessCpuTime, 1.0),
    ("jvm.cpu.recent_utilization", Metric::JvmCpuRatio, 1.0),
    ("process.runtime.jvm.cpu.utilization", Metric::JvmCpuRatio, 1.0),
    ("dotnet.process.cpu.time", Metric::DotnetCpuTime, 1.0),
    ("dotnet.process.cpu.count", Metric::CpuCount, 1.0),
    ("jvm.cpu.count", Metric::CpuCount, 1.0),
    ("system.cpu.logical.count", Metric::CpuCount, 1.0),
    ("container.cpu.usage", Metric::ContainerCpuUsage, 1.0),
    ("container.cpu.utilization", Metric::ContainerCpuRatio, 1.0),
    ("k8s.container.cpu_limit_utilization", Metric::ContainerCpuRatio, 1.0),
    ("k8s.pod.cpu.usage", Metric::PodCpuUsage, 1.0),
    ("k8s.pod.cpu_limit_utilization", Metric::PodCpuRatio, 1.0),
    ("container.cpu.limit", Metric::CpuLimit, 1.0),
    ("k8s.container.cpu.limit", Metric::CpuLimit, 1.0),
    ("k8s.container.cpu_limit", Metric::CpuLimit, 1.0),
    ("system.cpu.utilization", Metric::SystemCpuRatio, 1.0),
    ("process.memory.utilization", Metric::ProcessMemoryRatio, 1.0),
    ("process.memory.usage", Metric::ProcessMemoryUsage, 1.0),
    ("jvm.memory.used", Metric::JvmMemoryUsed, 1.0),
    ("process.runtime.jvm.memory.usage", Metric::JvmMemoryUsed, 1.0),
    ("jvm.memory.limit", Metric::JvmMemoryLimit, 1.0),
    ("process.runtime.jvm.memory.limit", Metric::JvmMemoryLimit, 1.0),
    ("container.memory.usage", Metric::ContainerMemoryUsage, 1.0),
    ("container.memory.working_set", Metric::ContainerMemoryUsage, 1.0),
    ("container.memory.usage.total", Metric::ContainerMemoryUsage, 1.0),
    ("k8s.pod.memory.usage", Metric::PodMemoryUsage, 1.0),
    ("k8s.pod.memory.working_set", Metric::PodMemoryUsage, 1.0),
    ("k8s.pod.memory_limit_utilization", Metric::PodMemoryRatio, 1.0),
    ("container.memory.limit", Metric::MemoryLimit, 1.0),
    ("container.memory.usage.limit", Metric::MemoryLimit, 1.0),
    ("k8s.container.memory.limit", Metric::MemoryLimit, 1.0),
    ("k8s.container.memory_limit", Metric::MemoryLimit, 1.0),
    ("go.memory.used", Metric::GoMemoryUsed, 1.0),
    ("go.memory.limit", Metric::GoMemoryLimit, 1.0),
    ("v8js.memory.heap.used", Metric::V8HeapUsed, 1.0),
    ("v8js.memory.heap.limit", Metric::V8HeapLimit, 1.0),
    ("system.memory.utilization", Metric::SystemMemoryRatio, 1.0),
    ("db.client.connection.count", Metric::PoolCount, 1.0),
    ("db.client.connections.usage", Metric::PoolCount, 1.0),
    ("hikaricp.connections.active", Metric::PoolCount, 1.0),
    ("db.client.connection.max", Metric::PoolMax, 1.0),
    ("db.client.connections.max", Metric::PoolMax, 1.0),
    ("hikaricp.connections.max", Metric::PoolMax, 1.0),
    ("db.client.connection.pending_requests", Metric::PoolPending, 1.0),
    ("db.client.connections.pending_requests", Metric::PoolPending, 1.0),
    ("hikaricp.connections.pending", Metric::PoolPending, 1.0),
    ("db.client.connection.timeouts", Metric::PoolTimeouts, 1.0),
    ("db.client.connections.timeouts", Metric::PoolTimeouts, 1.0),
    ("hikaricp.connections.timeout", Metric::PoolTimeouts, 1.0),
    ("db.client.connection.wait_time", Metric::PoolWait, 1.0),
    ("db.client.connections.wait_time", Metric::PoolWait, 1e-3),
    ("jvm.gc.duration", Metric::GcPause, 1.0),
    ("jvm.thread.count", Metric::Threads, 1.0),
    ("nodejs.eventloop.utilization", Metric::EventLoopRatio, 1.0),
    ("nodejs.eventloop.delay.p99", Metric::EventLoopDelay, 1.0),
    ("go.goroutine.count", Metric::Goroutines, 1.0),
    ("go.schedule.duration", Metric::ScheduleDelay, 1.0),
    ("dotnet.thread_pool.queue.length", Metric::ThreadPoolQueue, 1.0),
    ("process.unix.file_descriptor.count", Metric::OpenFiles, 1.0),
    ("http.server.request.duration", Metric::HttpServed, 1.0),
    ("http.server.duration", Metric::HttpServed, 1e-3),
    ("rpc.server.call.duration", Metric::RpcServed, 1.0),
    ("rpc.server.duration", Metric::RpcServed, 1e-3),
    ("db.client.operation.duration", Metric::DatabaseCalls, 1.0),
];

impl Metric {
    /// The metric of that name, and what its values are multiplied by; `None` for one that nothing needs.
    pub fn of_name(name: &str) -> Option<(Self, f64)> {
        NAMES.iter().find(|(n, ..)| *n == name).map(|(_, metric, scale)| (*metric, *scale))
    }
    /// Its name today, for evidence.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, m, _)| *m == self).map_or("", |(name, ..)| name)
    }
    /// Its unit, for those who read what we write.
    pub fn unit(self) -> &'static str {
        match self {
            Self::ProcessCpuTime
            | Self::DotnetCpuTime
            | Self::PoolWait
            | Self::GcPause
            | Self::EventLoopDelay
            | Self::ScheduleDelay
            | Self::HttpServed
            | Self::RpcServed
            | Self::DatabaseCalls => "s",
            Self::CpuCount | Self::ContainerCpuUsage | Self::PodCpuUsage | Self::CpuLimit => "{cpu}",
            Self::ProcessMemoryUsage
            | Self::JvmMemoryUsed
            | Self::JvmMemoryLimit
            | Self::ContainerMemoryUsage
            | Self::PodMemoryUsage
            | Self::MemoryLimit
            | Self::GoMemoryUsed
            | Self::GoMemoryLimit
            | Self::V8HeapUsed
            | Self::V8HeapLimit => "By",
            _ => "1",
        }
    }
    /// Whether it is of a pool of connections.
    pub fn is_of_pool(self) -> bool {
        matches!(
            self,
            Self::PoolCount | Self::PoolMax | Self::PoolPending | Self::PoolTimeouts | Self::PoolWait
        )
    }
    /// The attribute that tells the state of its points today.
    pub fn state_key(self) -> &'static str {
        match self {
            Self::JvmMemoryUsed | Self::JvmMemoryLimit => "jvm.memory.type",
            Self::SystemMemoryRatio => "system.memory.state",
            Self::ProcessCpuRatio | Self::ProcessCpuTime | Self::DotnetCpuTime | Self::SystemCpuRatio => {
                "cpu.mode"
            }
            _ if self.is_of_pool() => "db.client.connection.state",
            _ => "state",
        }
    }
    /// The attribute that tells several of a kind apart today.
    pub fn detail_key(self) -> &'static str {
        match self {
            Self::JvmMemoryUsed | Self::JvmMemoryLimit => "jvm.memory.pool.name",
            Self::SystemCpuRatio => "cpu.logical_number",
            Self::GoMemoryUsed | Self::GoMemoryLimit => "go.memory.type",
            Self::V8HeapUsed | Self::V8HeapLimit => "v8js.heap.space.name",
            _ if self.is_of_pool() => "db.client.connection.pool.name",
            _ => "pool",
        }
    }
    /// What its points are.
    pub fn shape(self) -> Shape {
        match self {
            Self::ProcessCpuTime | Self::DotnetCpuTime | Self::PoolTimeouts => Shape::Total,
            Self::PoolWait
            | Self::GcPause
            | Self::ScheduleDelay
            | Self::HttpServed
            | Self::RpcServed
            | Self::DatabaseCalls => Shape::Spread,
            _ => Shape::Level,
        }
    }
}

/// SenderAttributes that say in which state something is counted.
pub const STATE_KEYS: &[&str] = &[
    "db.client.connection.state",
    "cpu.mode",
    "process.cpu.state",
    "system.cpu.state",
    "system.memory.state",
    "jvm.memory.type",
    "state",
    "type",
];

/// SenderAttributes that tell several of a kind apart: pools, CPUs, parts of memory.
pub const DETAIL_KEYS: &[&str] = &[
    "db.client.connection.pool.name",
    "pool.name",
    "jvm.memory.pool.name",
    "pool",
    "cpu.logical_number",
    "system.cpu.logical_number",
    "cpu",
    "go.memory.type",
    "v8js.heap.space.name",
];

/// One data point of a metric that is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Place of the sender in the batch.
    pub sender: u32,
    /// What was measured.
    pub metric: Metric,
    /// In which state, or "".
    pub state: Box<str>,
    /// Of which pool, CPU or part, or "".
    pub detail: Box<str>,
    /// Tells streams of one metric apart by all of their attributes.
    pub stream: u64,
    /// Since when a total counts; 0 if unknown.
    pub start: Timestamp,
    /// When it was measured; never 0.
    pub time: Timestamp,
    /// Whether it counts since the point before, not since the start.
    pub is_delta: bool,
    /// The level or total; of a [`Shape::Spread`] the sum of sizes. In the metric's unit, finite.
    pub value: f64,
    /// Events of a [`Shape::Spread`]; 0 otherwise.
    pub count: f64,
}

impl Point {
    /// The attributes that tell it from others of its metric, as they are written.
    pub fn told_by(&self) -> Vec<(&'static str, &str)> {
        let state = (self.metric.state_key(), &*self.state);
        let detail = (self.metric.detail_key(), &*self.detail);
        [state, detail].into_iter().filter(|(_, text)| !text.is_empty()).collect()
    }
}

/// The resource attributes of a sender.
pub type SenderAttributes = Vec<(Box<str>, Value)>;

/// Points and who sent them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MeasurementBatch {
    /// The resource attributes that tell who sent them.
    pub senders: Vec<SenderAttributes>,
    /// The points.
    pub points: Vec<Point>,
}
