#!/usr/bin/env bash
# Real OpenTelemetry SDKs against a headless `spanscape record`; README.md beside this says how to use it.
# Usage: run.sh [CASE...]     with no case: all; INTEROP_DIR keeps the packages, SPANSCAPE names the binary.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

# Case, SDK, protocol of the exporter, port that it is sent to, more settings of the SDK.
cases='
python-grpc                 python  grpc           grpc
python-grpc-gzip            python  grpc           grpc     OTEL_EXPORTER_OTLP_COMPRESSION=gzip
python-grpc-metrics         python  grpc           grpc     OTEL_METRICS_EXPORTER=otlp
python-http-protobuf        python  http/protobuf  http
python-http-protobuf-gzip   python  http/protobuf  http     OTEL_EXPORTER_OTLP_COMPRESSION=gzip
python-http-metrics         python  http/protobuf  http     OTEL_METRICS_EXPORTER=otlp
python-grpc-to-http-port    python  grpc           http
python-http-to-grpc-port    python  http/protobuf  grpc
python-grpc-default-port    python  grpc           default
python-http-default-port    python  http/protobuf  default
node-http-protobuf          node    http/protobuf  http
node-http-protobuf-gzip     node    http/protobuf  http     OTEL_EXPORTER_OTLP_COMPRESSION=gzip
node-http-json              node    http/json      http
node-http-json-gzip         node    http/json      http     OTEL_EXPORTER_OTLP_COMPRESSION=gzip
node-grpc                   node    grpc           grpc
node-grpc-gzip              node    grpc           grpc     OTEL_EXPORTER_OTLP_COMPRESSION=gzip
node-http-metrics           node    http/protobuf  http     OTEL_METRICS_EXPORTER=otlp
node-json-metrics           node    http/json      http     OTEL_METRICS_EXPORTER=otlp
node-grpc-metrics           node    grpc           grpc     OTEL_METRICS_EXPORTER=otlp
node-http-default-port      node    http/protobuf  default
node-grpc-default-port      node    grpc           default
'

known=$(awk 'NF { print $1 }' <<<"$cases")
for name in "$@"; do
    grep -qx -- "$name" <<<"$known" || { echo "there is no case $name; there are:" $known >&2; exit 2; }
done

skip() {
    echo "skipped: $*"
    exit 0
}

command -v python3 >/dev/null || skip "there is no python3"
spanscape=${SPANSCAPE:-}
if [ -z "$spanscape" ]; then
    cargo build --quiet --manifest-path "$root/Cargo.toml"
    spanscape=${CARGO_TARGET_DIR:-$root/target}/debug/spanscape
fi

scratch=$(mktemp -d)
dir=${INTEROP_DIR:-$scratch}
mkdir -p "$dir"
recorder=
finish() {
    if [ -n "$recorder" ]; then kill "$recorder" 2>/dev/null || true; fi
    rm -rf "$scratch"
}
trap finish EXIT

# Installs the packages of an SDK; fails, having said why, where they cannot be had.
install_python() {
    python3 -m venv "$dir/venv" >"$scratch/install.log" 2>&1 &&
        "$dir/venv/bin/pip" install --quiet --disable-pip-version-check --timeout 15 --retries 1 \
            -r "$here/python/requirements.txt" >>"$scratch/install.log" 2>&1
}
install_node() {
    command -v node >"$scratch/install.log" 2>&1 && mkdir -p "$dir/node" &&
        cp "$here/node/package.json" "$here/node/shop.js" "$dir/node/" &&
        npm install --prefix "$dir/node" --no-package-lock --ignore-scripts --no-audit --no-fund \
            --fetch-retries=1 --fetch-timeout=20000 >"$scratch/install.log" 2>&1
}
state_python= state_node=
ensure() {
    local state="state_$1"
    if [ -z "${!state}" ]; then
        if "install_$1"; then
            printf -v "$state" ready
        else
            printf -v "$state" missing
            echo "skipped: the packages of the $1 SDK cannot be had ($(grep -m1 -E '^(ERROR|npm error)' "$scratch/install.log" ||
                tail -n1 "$scratch/install.log"))"
        fi
    fi
    [ "${!state}" = ready ]
}

# Starts the recorder, and leaves its addresses in grpc_at and http_at; fails where a port is taken.
start_recorder() {
    local listen=(--listen-grpc 127.0.0.1:0 --listen-http 127.0.0.1:0)
    if [ "$2" = default ]; then listen=(); fi
    "$spanscape" record -o "$scratch/$1.jsonl" --for 5m ${listen[@]+"${listen[@]}"} 2>"$scratch/$1.log" &
    recorder=$!
    for _ in $(seq 100); do
        grpc_at=$(sed -n 's/^receiving OTLP\/gRPC on //p' "$scratch/$1.log" | head -n1)
        http_at=$(sed -n 's/^receiving OTLP\/HTTP on //p' "$scratch/$1.log" | head -n1)
        if [ -n "$grpc_at" ] && [ -n "$http_at" ]; then break; fi
        kill -0 "$recorder" 2>/dev/null || return 1
        sleep 0.1
    done
    [ -n "$grpc_at" ] && [ -n "$http_at" ] && ! grep -q 'is in use' "$scratch/$1.log"
}

stop_recorder() {
    kill -INT "$recorder" && wait "$recorder"
    recorder=
}

run_case() {
    local name=$1 sdk=$2 protocol=$3 port=$4 settings=("OTEL_EXPORTER_OTLP_PROTOCOL=$3" "${@:5}")
    if ! start_recorder "$name" "$port"; then
        kill "$recorder" 2>/dev/null || true
        recorder=
        if [ "$port" = default ]; then
            echo "skipped: $name: $(grep -m1 'in use' "$scratch/$name.log")"
            return 0
        fi
        cat "$scratch/$name.log"
        return 1
    fi
    case $port in
        grpc) settings+=("OTEL_EXPORTER_OTLP_ENDPOINT=http://$grpc_at") ;;
        http) settings+=("OTEL_EXPORTER_OTLP_ENDPOINT=http://$http_at") ;;
    esac
    # At the default port all settings are the SDK's own; else only what the case names is sent.
    if [ "$port" != default ]; then
        settings=(OTEL_METRICS_EXPORTER=none OTEL_LOGS_EXPORTER=none "${settings[@]}")
    fi
    local command=("$dir/venv/bin/python" "$here/python/shop.py")
    if [ "$sdk" = node ]; then command=(node "$dir/node/shop.js"); fi
    env "${settings[@]}" python3 "$here/drive.py" "${command[@]}" >"$scratch/sent" || return 1
    stop_recorder || return 1
    "$spanscape" map --format json -o "$scratch/map.json" "$scratch/$name.jsonl" || return 1
    local sent summary
    sent=$(sed -n 's/^sent //p' "$scratch/sent")
    summary=$(tail -n1 "$scratch/$name.log")
    python3 "$here/compare.py" "$scratch/map.json" "$scratch/$name.jsonl" "$here/expected-shop.json" "$sent" ||
        return 1
    case ${settings[*]} in
        *METRICS_EXPORTER=otlp*)
            case $summary in *" 0 metric points"*) echo "no metric point came: $summary" && return 1 ;; esac ;;
    esac
    grep '^note' "$scratch/$name.log" || true
    echo "ok: $name: sent $sent; ${summary#*: }"
}

failed=()
while read -r -a fields; do
    name=${fields[0]:-}
    if [ -z "$name" ] || { [ $# -gt 0 ] && [[ " $* " != *" $name "* ]]; }; then continue; fi
    ensure "${fields[1]}" || continue
    if ! run_case "${fields[@]}"; then
        echo "FAILED: $name"
        failed+=("$name")
        if [ -n "$recorder" ]; then kill "$recorder" 2>/dev/null || true; fi
        recorder=
    fi
done <<<"$cases"
if [ ${#failed[@]} -gt 0 ]; then
    echo "failed: ${failed[*]}"
    exit 1
fi
