#!/usr/bin/env python3
"""Writes the built-in catalog `semconv` from tables of the OpenTelemetry semantic conventions.

Reads `sources/` and writes `semconv.yaml` (for people, with the reasons) and `generated/semconv.json` (the same lines
grouped by class, for the module, which reads it at every start). The two hold the same catalog; nothing else decides it.
The same sources give the same bytes. `--check` writes nothing and fails when a file is stale.

Refuses what nobody reviewed: an attribute of the registry without a class, a reviewed one that the registry no longer
has, a suggested treatment that no rule below translates, and a line of `secrets.yaml` that would catch an ordinary
attribute. Python 3.11, standard library alone.
"""

import json
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ORIGIN = "open-telemetry/semantic-conventions, schema 1.45.0"

CLASSES = {
    "credential": "secrets and capabilities",
    "direct-id": "names a person",
    "online-id": "singles out or links a person or device",
    "location": "where somebody is",
    "content": "free text or payload",
    "carrier": "text with fields inside: URL, SQL, command line",
    "infra": "hosts, paths, internal names",
    "operational": "signal: what people debug with",
}

# Treatments that lines name beside the words `keep` and `suppress`. They need no key, so that a policy without one can
# extend this catalog; a treatment of the same name in the policy stands before these.
TREATMENTS = {
    "ip-prefix": {"generalize": {"ip": {"v4": 24, "v6": 48}}},
    "scan-text": {"scan": "all", "on-hit": "by-class"},
}

# What the suggestions of semconv-sensitive.md become here: a class, where another one's treatment is what was meant, and
# a treatment, where it is not the class's own. Written out in full, so that a new suggestion stops the generator.
CLASS_DEFAULT = None
SUGGESTIONS = {
    ("credential", "redact"): (None, CLASS_DEFAULT),
    ("credential", "parse: drop password, keep host"): (None, CLASS_DEFAULT),
    # The credential class is forced, and nothing can be let through under it. A family that is an allow-list must be
    # openable line by line, so it is content that goes; its known secrets are lines of the catalog `secrets`.
    ("credential", "allow-list"): ("content", "suppress"),
    ("credential", "drop unless allow-listed"): ("content", "suppress"),
    ("direct-id", "keyed pseudonym"): (None, CLASS_DEFAULT),
    ("direct-id", "keyed pseudonym; keep root/system names"): (None, CLASS_DEFAULT),
    ("direct-id", "redact (or keyed pseudonym)"): (None, CLASS_DEFAULT),
    ("direct-id", "redact"): (None, "suppress"),
    ("online-id", "keyed pseudonym"): (None, CLASS_DEFAULT),
    ("online-id", "keyed pseudonym, rotate"): (None, CLASS_DEFAULT),
    ("online-id", "keyed pseudonym, rotate key"): (None, CLASS_DEFAULT),
    # No treatment knows browsers and models; a pseudonym still counts and joins them.
    ("online-id", "reduce to family and major version"): (None, CLASS_DEFAULT),
    ("online-id", "truncate (/24, /48) or keyed pseudonym; keep when not an IP"): (None, "ip-prefix"),
    ("online-id", "truncate or keyed pseudonym for public IPs; keep private and host names"): (None, "ip-prefix"),
    ("online-id", "keep; drop on linkage concerns"): (None, "keep"),
    ("online-id", "keep; pseudonym for uid >= 1000"): (None, CLASS_DEFAULT),
    ("online-id", "keep server side; keyed pseudonym on clients"): (None, CLASS_DEFAULT),
    ("online-id", "drop certificate; keyed pseudonym for subject"): (None, CLASS_DEFAULT),
    ("content", "scan"): (None, CLASS_DEFAULT),
    ("content", "scan; sometimes home directory with a login"): (None, CLASS_DEFAULT),
    ("content", "scan; keep type and frames"): (None, CLASS_DEFAULT),
    ("content", "scan; drop when the parsed body is kept"): (None, CLASS_DEFAULT),
    ("content", "scan; allow-list; annotations hold last-applied manifests with secrets"): (None, CLASS_DEFAULT),
    # A keyed pseudonym is what happens to an online identifier, and an order or customer key is one.
    ("content", "keyed pseudonym; scan"): ("online-id", CLASS_DEFAULT),
    ("content", "redact"): (None, "suppress"),
    ("content", "drop; scan where kept"): (None, "suppress"),
    ("content", "drop by default; scan and redact on opt-in"): (None, "suppress"),
    ("content", "drop or redact values (item keys)"): (None, "suppress"),
    ("carrier", "parse: drop user info, redact query values and sensitive path segments, drop fragment"): (
        None,
        CLASS_DEFAULT,
    ),
    ("carrier", "literals to placeholders by SQL dialect; scan the rest"): (None, CLASS_DEFAULT),
    ("carrier", "redact values after secret-like flags; scan"): (None, CLASS_DEFAULT),
    ("carrier", "redact values, keep allow-listed keys"): (None, CLASS_DEFAULT),
    ("carrier", "scan; template identifiers ({id}, {email})"): (None, CLASS_DEFAULT),
    ("carrier", "keep; scan"): (None, CLASS_DEFAULT),
    ("carrier", "drop or redact (OAuth implicit tokens)"): (None, "suppress"),
    ("location", "keep"): (None, "keep"),
    ("location", "shorten or drop"): (None, CLASS_DEFAULT),
    ("location", "round to 1 decimal or drop"): (None, CLASS_DEFAULT),
    # Infra is scanned by default, which keeps what is no finding.
    ("infra", "keep"): (None, CLASS_DEFAULT),
    ("infra", "keep; scan"): (None, CLASS_DEFAULT),
    ("infra", "keep; scan (tenant sub-domains, IPs)"): (None, CLASS_DEFAULT),
    ("infra", "keep; scan (per-user queues, reply addresses)"): (None, CLASS_DEFAULT),
    ("infra", "keep, or keyed pseudonym for account number"): (None, CLASS_DEFAULT),
    ("infra", "keep the name, never a value"): (None, CLASS_DEFAULT),
}

# Single attributes for which the rule above is not the best answer: class, treatment, why.
EXCEPTIONS = {
    "tls.client.certificate": ("online-id", "suppress", "a client certificate names a person or device"),
    "tls.client.certificate_chain": ("online-id", "suppress", "a client certificate names a person or device"),
    # Names of peers are host names far more often than addresses; an address in them is found and treated.
    "net.peer.name": ("online-id", "scan-text", "host name, or the address of a person's machine"),
    "net.sock.peer.name": ("online-id", "scan-text", "host name, or the address of a person's machine"),
    # Low-cardinality by design, unlike the keys of messages.
    "messaging.rabbitmq.destination.routing_key": ("content", None, "may hold customer, order or user ids"),
    "messaging.rocketmq.message.tag": ("content", None, "may hold customer, order or user ids"),
}

# Built-in fields of OTLP that hold text.
BUILT_INS = {
    "event/@name": ("operational", None, ""),
    "link/@trace_state": ("operational", None, "list of vendors' own words"),
    "log/@body": ("content", None, "messages quote user input, URLs, SQL, credentials"),
    "log/@body.identity.**": ("direct-id", "suppress", "claims or a token in Azure's resource logs"),
    "log/@event_name": ("operational", None, ""),
    "log/@severity_text": ("operational", None, ""),
    "metric/@description": ("content", None, "free text"),
    "metric/@name": ("operational", None, ""),
    "metric/@unit": ("operational", None, ""),
    "profile/@attribute_unit": ("operational", None, ""),
    "profile/@function.filename": ("infra", None, "paths hold names of people and machines"),
    "profile/@function.name": ("operational", None, ""),
    "profile/@mapping.filename": ("infra", None, "paths hold names of people and machines"),
    "profile/@original_payload": ("content", None, "the profile as its own tool wrote it"),
    "profile/@original_payload_format": ("operational", None, ""),
    "profile/@string": ("operational", None, ""),
    "profile/@value_type": ("operational", None, ""),
    "resource/@entity_refs.**": ("operational", None, "names of resource attributes"),
    "resource/@schema_url": ("operational", None, ""),
    "scope/@name": ("operational", None, ""),
    "scope/@schema_url": ("operational", None, ""),
    "scope/@version": ("operational", None, ""),
    "span/@name": ("operational", None, "low cardinality by design, misused in practice"),
    "span/@status.message": ("content", None, "messages quote user input, URLs, SQL, credentials"),
    "span/@trace_state": ("operational", None, "list of vendors' own words"),
}


def main():
    catalog = read_catalog()
    caught = caught_by_secrets(catalog)
    if caught:
        sys.exit("secrets.yaml catches ordinary attributes:\n" + "\n".join(caught))
    outputs = {HERE / "semconv.yaml": as_yaml(catalog), HERE / "generated" / "semconv.json": as_json(catalog)}
    if "--check" in sys.argv[1:]:
        stale = [path.name for path, text in outputs.items() if not path.is_file() or path.read_text("utf-8") != text]
        if stale:
            sys.exit(f"stale: {', '.join(stale)}; run filter/policies/generate.py")
        return
    for path, text in outputs.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def read_catalog():
    """All lines: {selector: (class, treatment or None, why)}."""
    registry = {row[0]: row[1] for row in tsv("semconv-attributes.tsv")}
    lines = {}
    listed = set()
    for attribute, group, suggestion, why in sensitive():
        base = attribute.removesuffix(".<key>")
        if base not in registry:
            sys.exit(f"semconv-sensitive.md lists `{attribute}`, which the registry does not have")
        listed.add(base)
        lines[selector(attribute)] = EXCEPTIONS.get(attribute) or translate(group, suggestion, why)
    for attribute, group, treat, why in tsv("semconv-review.tsv"):
        if attribute not in registry or attribute in listed or group not in CLASSES:
            sys.exit(f"semconv-review.tsv: `{attribute}` is unknown, listed twice or has an unknown class")
        listed.add(attribute)
        lines[selector(attribute)] = (group, treat or None, why)
    missing = sorted(registry.keys() - listed)
    if missing:
        sys.exit(f"nobody classed: {', '.join(missing)}; add lines to sources/semconv-review.tsv")
    return dict(sorted((lines | BUILT_INS).items()))


def translate(group, suggestion, why):
    known = next((key for key in SUGGESTIONS if key == (group, suggestion)), None)
    if known is None and suggestion.startswith("allow-list;"):
        known = (group, "allow-list")
    if known not in SUGGESTIONS:
        sys.exit(f"no rule for the suggestion `{suggestion}` in class {group}")
    other, treat = SUGGESTIONS[known]
    return (other or group, treat, why)


def selector(attribute):
    """The selector of an attribute. Keys of a family may hold dots (`app.kubernetes.io/name`), headers do not mind."""
    return attribute.removesuffix("<key>") + "**" if attribute.endswith(".<key>") else attribute


def sensitive():
    """Rows of the table: attribute, class, suggested treatment, why."""
    for line in (HERE / "sources" / "semconv-sensitive.md").read_text("utf-8").splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            yield cells[0].strip("`"), cells[4], cells[5], cells[6]


def tsv(name):
    """Rows of a table, comments and the heading left out."""
    lines = (HERE / "sources" / name).read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return rows[1:]


def caught_by_secrets(catalog):
    """Attributes of the registry that are no credentials and that a line of secrets.yaml would take."""
    secrets = []
    for line in (HERE / "secrets.yaml").read_text("utf-8").splitlines():
        written = re.match(r"""  ("?)([^"\s]+)\1: [a-z]""", line)
        if written and "/" not in written[2].split(".")[0]:
            secrets.append((written[2], as_regex(written[2])))
    if not secrets:
        sys.exit("secrets.yaml: no lines found")
    caught = []
    for name, (group, _, _) in catalog.items():
        if group == "credential" or "/" in name:
            continue
        # A family stands for its keys; any harmless one will do.
        for line, regex in secrets:
            if regex.fullmatch("." + name.replace("**", "some-key")):
                caught.append(f"  {line} takes {name} ({group})")
    return caught


def as_regex(text):
    """A selector without a place as a regular expression over a path with a dot in front."""
    pieces = []
    for segment in text.split("."):
        if segment == "**":
            pieces.append(r"(\.[^.]*)*")
        else:
            pieces.append(r"\." + re.escape(segment).replace(r"\*", "[^.]*"))
    return re.compile("".join(pieces))


def as_yaml(catalog):
    out = [
        "# Built-in catalog `semconv`: what the attributes of the OpenTelemetry semantic conventions are.",
        f"# Generated by generate.py from sources/ ({ORIGIN}); edit those.",
        "#",
        "# A catalog has a name, a schema, lines and treatments of its own. A line is `selector: class`, or",
        "# `selector: {class, treat, why}` where another treatment fits better than the class's. Without a key of its own",
        "# it can be extended by any policy; a line of the policy with the same selector replaces a line here.",
        "catalog: semconv",
        "schema: 1",
        "treatments:",
    ]
    out += [f"  {name}: {flow(spec)}" for name, spec in TREATMENTS.items()]
    out.append("lines:")
    for group, meaning in CLASSES.items():
        members = {name: line for name, line in catalog.items() if line[0] == group}
        out += ["", f"  # {group}: {meaning} ({len(members)})"]
        for name, (_, treat, why) in members.items():
            if treat or why:
                parts = [f"class: {group}"] + ([f"treat: {treat}"] if treat else [])
                parts += [f"why: {json.dumps(why, ensure_ascii=False)}"] if why else []
                out.append(f"  {name}: {{{', '.join(parts)}}}")
            else:
                out.append(f"  {name}: {group}")
    return "\n".join(out) + "\n"


def flow(value):
    """A YAML flow form of maps, words and numbers."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(item)}" for key, item in value.items()) + "}"
    return str(value)


def as_json(catalog):
    """The catalog without reasons: `groups` of selectors that share class and treatment."""
    groups = {}
    for name, (group, treat, _) in catalog.items():
        groups.setdefault((list(CLASSES).index(group), treat or ""), []).append(name)
    listed = []
    for (at, treat), names in sorted(groups.items()):
        listed.append({"class": list(CLASSES)[at]} | ({"treat": treat} if treat else {}) | {"fields": names})
    whole = {"catalog": "semconv", "schema": 1, "treatments": TREATMENTS, "groups": listed}
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    main()
