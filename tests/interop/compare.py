"""Holds `spanscape map --format json` against what is expected: nodes, edges, calls, errors, nothing lost.

Usage: compare.py MAP.json RECORDED.jsonl EXPECTED.json SPANS_SENT
"""
import json
import sys

NODE = ["kind", "namespace", "versions", "calls", "errors", "timeouts"]
EDGE = ["kind", "calls", "errors", "timeouts"]


def flat(found, keys):
    """Only what is expected of a node or edge: latencies and rates differ from run to run."""
    return {key: found[key] for key in keys}


def differences(what, found, expected):
    for key in sorted(found.keys() | expected.keys()):
        if found.get(key) != expected.get(key):
            yield f"{what} {key}: found {found.get(key)}, expected {expected.get(key)}"


def plain(value):
    """An OTLP/JSON AnyValue as a plain one."""
    (kind, inner), = value.items()
    if kind == "arrayValue":
        return [plain(v) for v in inner.get("values", [])]
    return int(inner) if kind == "intValue" else inner


def spans(path):
    """All spans of a recording, with their attributes made plain."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            for resource in json.loads(line)["resourceSpans"]:
                for scope in resource["scopeSpans"]:
                    for span in scope["spans"]:
                        yield span, {a["key"]: plain(a["value"]) for a in span.get("attributes", [])}


def samples(path, expected):
    """Of each kind of value one, and events and links: are they still there?"""
    recorded = list(spans(path))
    wanted = expected["attributes"]
    if not any(wanted.items() <= attributes.items() for _, attributes in recorded):
        yield f"no span has the attributes {wanted}"
    events = sorted(e["name"] for span, _ in recorded for e in span.get("events", []))
    links = sum(len(span.get("links", [])) for span, _ in recorded)
    found = {name: events.count(name) for name in set(events)}
    yield from differences("events", found, expected["events"])
    yield from differences("links", {"all": links}, {"all": expected["links"]})


def main(map_path, recorded_path, expected_path, sent):
    with open(map_path, encoding="utf-8") as file:
        found = json.load(file)
    with open(expected_path, encoding="utf-8") as file:
        expected = json.load(file)
    totals = {key: found["totals"][key] for key in ["spans", "received", "duplicates", "rejected"]}
    lossless = {"spans": int(sent), "received": int(sent), "duplicates": 0, "rejected": {}}
    nodes = {n["id"]: flat(n, NODE) for n in found["nodes"]}
    edges = {f"{e['from']} -> {e['to']}": flat(e, EDGE) for e in found["edges"]}
    wrong = [
        *differences("totals", totals, lossless),
        *differences("spans", {"sent": int(sent)}, {"sent": expected["spans"]}),
        *differences("node", nodes, expected["nodes"]),
        *differences("edge", edges, expected["edges"]),
        *samples(recorded_path, expected),
    ]
    if wrong:
        sys.exit("\n".join(wrong))


main(*sys.argv[1:])
