"""Profiles over OTLP through the real Collector, which has them behind its gate `service.profilesSupport`."""

from __future__ import annotations

import json

import pytest
from loopback import free_ports
from pipelines import hop, post, straight_to

from opentelemetry.proto.collector.profiles.v1development.profiles_service_pb2 import ExportProfilesServiceRequest

PATH = "/v1development/profiles"
TIME = 1_700_000_000_000_000_000
POLICY = {"policy": "profiled", "schema": 1, "default": "scan", "catalog": {"gone": "credential"}}

# Each place where a profile can hold text, and the text there. A place in the table of strings that only it points at.
PLACES = {
    "function": "handle({})",
    "system_name": "symbol of {}",
    "function_file": "/home/{}/main.go",
    "mapping_file": "/opt/{}/libshop.so",
    "sample_type": "cpu of {}",
    "sample_unit": "nanoseconds of {}",
    "period_type": "wall of {}",
    "period_unit": "seconds of {}",
    "attribute_key": "kept for {}",
    "attribute_unit": "bytes of {}",
    "unused": "nobody points at {}",
    "referred": "the secret of {}",
}


def canary(place: str) -> str:
    return f"{place.replace('_', '.')}.canary@example.org"


def profiles() -> tuple[ExportProfilesServiceRequest, dict[str, int]]:
    """One profile with a canary in each place that can hold text, and where in the table of strings each place's text stands."""
    request = ExportProfilesServiceRequest()
    table = request.dictionary.string_table
    table.extend(["", "main", "shop.note", "gone", "checkout"])
    at = {}
    for place, text in PLACES.items():
        at[place] = len(table)
        table.append(text.format(canary(place)))

    dictionary = request.dictionary
    dictionary.mapping_table.add()
    dictionary.mapping_table.add(memory_start=4096, memory_limit=8192, filename_strindex=at["mapping_file"])
    dictionary.function_table.add()
    dictionary.function_table.add(name_strindex=1, start_line=7)
    dictionary.function_table.add(name_strindex=at["function"], system_name_strindex=at["system_name"], filename_strindex=at["function_file"])
    dictionary.location_table.add()
    for function, line in ((1, 8), (2, 21)):
        dictionary.location_table.add(mapping_index=1, address=4096 + line).lines.add(function_index=function, line=line)
    dictionary.stack_table.add()
    dictionary.stack_table.add(location_indices=[2, 1])
    dictionary.link_table.add()
    dictionary.link_table.add(trace_id=bytes(range(1, 17)), span_id=bytes(range(1, 9)))
    dictionary.attribute_table.add()
    dictionary.attribute_table.add(key_strindex=2).value.string_value = canary("attribute_value")
    dictionary.attribute_table.add(key_strindex=3).value.string_value = canary("attribute_gone")
    dictionary.attribute_table.add(key_strindex=at["attribute_key"]).value.int_value = 3
    dictionary.attribute_table.add(key_strindex=4, unit_strindex=at["attribute_unit"]).value.int_value = 5

    of_service = request.resource_profiles.add()
    of_service.resource.attributes.add(key="service.name").value.string_value = "checkout"
    of_service.resource.attributes.add(key="host.owner").value.string_value = canary("resource")
    # As a Collector writes it: the text stands in the table.
    of_service.resource.attributes.add(key="gone").value.string_value_strindex = at["referred"]
    scoped = of_service.scope_profiles.add()
    scoped.scope.name = f"profiler of {canary('scope')}"
    profile = scoped.profiles.add(time_unix_nano=TIME, duration_nano=10**9, period=10, profile_id=bytes(range(16, 32)))
    profile.sample_type.type_strindex, profile.sample_type.unit_strindex = at["sample_type"], at["sample_unit"]
    profile.period_type.type_strindex, profile.period_type.unit_strindex = at["period_type"], at["period_unit"]
    profile.attribute_indices.extend([1, 2, 3, 4])
    profile.original_payload_format = f"pprof of {canary('payload_format')}"
    profile.original_payload = f"the original of {canary('payload')}".encode()
    profile.samples.add(stack_index=1, link_index=1, attribute_indices=[1], values=[40, 2], timestamps_unix_nano=[TIME, TIME + 1])
    return request, at


@pytest.fixture
def profiled(run, receiver):
    """A Collector with one Frostglass in a pipeline of profiles."""
    grpc, http = free_ports(2)
    configuration = hop((grpc, http), straight_to(f"http://127.0.0.1:{receiver.http_port}"), policy=json.dumps(POLICY))
    pipelines = configuration["service"]["pipelines"]
    configuration["service"]["pipelines"] = {"profiles": pipelines["logs"]}
    return run(configuration, ports=(grpc, http), gates=("service.profilesSupport",))


def test_no_text_of_a_profile_passes_untreated(profiled, receiver):
    """Scenario: a profile with an address in each place that can hold text: names, files, types, units, keys and values, the
    original payload, a string at which nothing points, and one at which an attribute points that the policy suppresses.
    Guarantees: no address arrives; what stood around each does, at its own place in the table; stacks, lines, addresses, values,
    times and ids arrive as they were; the attribute that the policy suppresses is empty."""
    sent, at = profiles()
    for place in [*PLACES, "attribute_value", "attribute_gone", "resource", "scope", "payload_format", "payload"]:
        assert canary(place).encode() in sent.SerializeToString(), place
    status, _, said = post(profiled.http_port, PATH, sent.SerializeToString())
    assert status == 200, said
    arrived = receiver.one().message()
    assert b"canary" not in receiver.one().body and b"example.org" not in receiver.one().body
    assert "canary" not in profiled.log()

    before, after = sent.dictionary, arrived.dictionary
    table = list(after.string_table)
    assert table[:5] == ["", "main", "shop.note", "", "checkout"]
    for place, text in PLACES.items():
        # What stands for an attribute of a resource stands elsewhere in the table.
        assert table[at[place]] == ("" if place in ("unused", "referred") else text.format("[direct-id]")), place
    assert "the secret of" not in "".join(table)
    for name in ("mapping_table", "function_table", "location_table", "stack_table", "link_table"):
        assert getattr(after, name) == getattr(before, name), name
    [_, note, gone, key, unit] = after.attribute_table
    assert (note.key_strindex, note.value.string_value) == (2, "[direct-id]")
    assert gone.key_strindex == 0 and gone.value.WhichOneof("value") is None
    assert (key.value.int_value, unit.value.int_value, unit.unit_strindex) == (3, 5, at["attribute_unit"])

    [of_service] = arrived.resource_profiles
    # A Collector writes keys and values of resources as places in the table.
    told = {table[pair.key_strindex]: table[pair.value.string_value_strindex] for pair in of_service.resource.attributes}
    assert told == {"service.name": "checkout", "host.owner": "[direct-id]"}
    [scoped] = of_service.scope_profiles
    assert scoped.scope.name == "profiler of [direct-id]"
    [profile], [original] = scoped.profiles, sent.resource_profiles[0].scope_profiles[0].profiles
    assert profile.original_payload_format == "pprof of [direct-id]"
    assert profile.original_payload == b"the original of [direct-id]"
    original.original_payload_format, original.original_payload = profile.original_payload_format, profile.original_payload
    assert profile == original
