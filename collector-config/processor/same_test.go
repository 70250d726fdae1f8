package processor

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// policies differ in what they make the walk do: send, skip, rule keys, members of maps, structure.
var policies = map[string]string{
	"suppress": `{"policy": "p", "schema": 1, "default": "suppress", "extends": ["semconv", "secrets"],
		"keys": {"ids": {"use": "pseudonymize", "from": "standalone"}},
		"classes": {"direct-id": {"treat": "user-token"}, "content": {"treat": "scan-text"}},
		"treatments": {"user-token": {"pseudonymize": {"key": "ids", "prefix": "u"}}, "scan-text": {"scan": "all", "on-hit": "by-class"}},
		"catalog": {"log/@body": "content", "note": "content", "span/@name": "operational", "event/@name": "content"}}`,
	"scan": `{"policy": "p", "schema": 1, "default": "scan", "extends": ["semconv", "secrets"]}`,
	"keep": `{"policy": "p", "schema": 1, "default": "keep", "catalog": {"note": "credential", "log/@body.note": "credential",
		"resource/user.id": "credential", "scope/@name": "credential", "link/@trace_state": "credential"}}`,
	"structure": `{"policy": "p", "schema": 1, "default": "keep",
		"treatments": {"minute": {"generalize": {"time": "1m"}}},
		"catalog": {"log/@time": {"class": "operational", "treat": "minute"}, "span/@start_time": {"class": "operational", "treat": "minute"},
		"event/@time": {"class": "operational", "treat": "minute"}, "span/@trace_id": {"class": "correlation", "treat": "suppress"},
		"link/@span_id": {"class": "correlation", "treat": "suppress"}, "log/@severity_number": {"class": "operational", "treat": "suppress"},
		"log/@flags": {"class": "operational", "treat": "suppress"}, "span/@kind": {"class": "operational", "treat": "suppress"},
		"span/@status.code": {"class": "operational", "treat": "suppress"}, "scope/@dropped_attributes_count": {"class": "operational", "treat": "suppress"}}}`,
	"points": `{"policy": "p", "schema": 1, "default": "keep", "treatments": {"minute": {"generalize": {"time": "1m"}}},
		"catalog": {"point/@time": {"class": "operational", "treat": "minute"}, "exemplar/@trace_id": {"class": "correlation", "treat": "suppress"},
		"metric/@unit": {"class": "content", "treat": "suppress"}, "point/user.id": "credential"}}`,
	"labels": `{"policy": "p", "schema": 1, "default": "keep", "catalog": {"point/user.id": "credential", "point/note": "credential",
		"point/a": "credential", "exemplar/note": "credential", "metric/@description": "credential", "resource/note": "credential"}}`,
}

// policyTouches is the one signal that a policy has something to say of, where it is only one.
var policyTouches = map[string]string{"points": "metrics", "labels": "metrics"}

// asOTLP is a payload that is not shown to the module in columns but handed over as OTLP.
func asOTLP(shown payload, signal uint32, marshal func() ([]byte, error), replace func([]byte) error) payload {
	return payload{items: shown.items, walk: func(*batch) walked { return nil }, signal: signal, marshal: marshal, replace: replace}
}

// both treats a payload once in columns and once as OTLP. rewritten counts when columns were not enough.
func both(t *testing.T, p *frostglass, signal string, input []byte, rewritten *int) (columns, otlp []byte, columnsErr, otlpErr error) {
	ctx := context.Background()
	switch signal {
	case "logs":
		read := func(from []byte) plog.Logs {
			data, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(from)
			require.NoError(t, err)
			return data
		}
		write := func(data plog.Logs) ([]byte, error) { return (&plog.ProtoMarshaler{}).MarshalLogs(data) }
		shown, whole := read(input), read(input)
		columnsErr = p.treat(ctx, logsPayload(shown))
		otlpErr = p.treat(ctx, asOTLP(logsPayload(whole), 0, func() ([]byte, error) { return write(whole) },
			func(from []byte) error { read(from).MoveTo(whole); return nil }))
		columns, _ = write(shown)
		otlp, _ = write(whole)
	case "traces":
		read := func(from []byte) ptrace.Traces {
			data, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(from)
			require.NoError(t, err)
			return data
		}
		write := func(data ptrace.Traces) ([]byte, error) { return (&ptrace.ProtoMarshaler{}).MarshalTraces(data) }
		shown, whole := read(input), read(input)
		columnsErr = p.treat(ctx, tracesPayload(shown))
		otlpErr = p.treat(ctx, asOTLP(tracesPayload(whole), 1, func() ([]byte, error) { return write(whole) },
			func(from []byte) error { read(from).MoveTo(whole); return nil }))
		columns, _ = write(shown)
		otlp, _ = write(whole)
	case "metrics":
		read := func(from []byte) pmetric.Metrics {
			data, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(from)
			require.NoError(t, err)
			return data
		}
		write := func(data pmetric.Metrics) ([]byte, error) { return (&pmetric.ProtoMarshaler{}).MarshalMetrics(data) }
		shown, whole := read(input), read(input)
		inColumns := metricsPayload(shown)
		marshal := inColumns.marshal
		inColumns.marshal = func() ([]byte, error) {
			*rewritten++
			return marshal()
		}
		columnsErr = p.treat(ctx, inColumns)
		otlpErr = p.treat(ctx, asOTLP(metricsPayload(whole), 2, func() ([]byte, error) { return write(whole) },
			func(from []byte) error { read(from).MoveTo(whole); return nil }))
		columns, _ = write(shown)
		otlp, _ = write(whole)
	}
	return columns, otlp, columnsErr, otlpErr
}

// Scenario: payloads of each signal in which anything stands anywhere (nested maps, arrays, bytes, odd and broken keys, events,
// links, exemplars, metrics of all types whose points meet and come again), under policies that make the walk do different things.
// Guarantees: what the Collector's objects hold after the module's edits is what the module makes of the same bytes of OTLP,
// attributes compared in any order; what one way refuses, the other does.
func TestColumnsAreTreatedAsOTLPIs(t *testing.T) {
	const rounds = 250
	for name, policy := range policies {
		t.Run(name, func(t *testing.T) {
			p := started(t, policy)
			for _, signal := range []string{"logs", "traces", "metrics"} {
				refused, changed, rewritten := 0, 0, 0
				for seed := range uint64(rounds) {
					input := random{rand.New(rand.NewPCG(seed, 7))}.payload(t, signal)
					if signal == "metrics" {
						// The same series were reported before: each of two instances remembers what became of them.
						for range 6 {
							both(t, p, signal, input, new(int))
						}
					}
					columns, otlp, columnsErr, otlpErr := both(t, p, signal, input, &rewritten)
					require.Equal(t, otlpErr == nil, columnsErr == nil, "%s %d: %v, but as OTLP %v", signal, seed, columnsErr, otlpErr)
					if otlpErr != nil {
						refused++
						continue
					}
					if string(otlp) != string(treated(t, nil, signal, input)) {
						changed++
					}
					requireAlike(t, signal, columns, otlp, seed)
				}
				t.Logf("%s: %d changed, %d refused, %d rewritten as OTLP", signal, changed, refused, rewritten)
				// The claim is not an empty one.
				require.Less(t, refused, rounds/10)
				if policyTouches[name] == "" || policyTouches[name] == signal {
					require.Greater(t, changed, rounds/4)
				}
				if signal == "metrics" && name != "points" {
					require.Less(t, rewritten, rounds*9/10)
				}
			}
		})
	}
}

// requireAlike shows where two payloads begin to differ: whole ones are too long to read.
func requireAlike(t *testing.T, signal string, columns, otlp []byte, seed uint64) {
	if string(columns) == string(otlp) {
		return
	}
	inColumns, asOTLP := said(t, signal, columns), said(t, signal, otlp)
	at := 0
	for at < min(len(inColumns), len(asOTLP)) && inColumns[at] == asOTLP[at] {
		at++
	}
	from := max(0, at-200)
	require.Equal(t, asOTLP[from:min(len(asOTLP), at+200)], inColumns[from:min(len(inColumns), at+200)], "%s %d", signal, seed)
}

// Scenario: a value nested deeper than the module goes, in a record among others.
// Guarantees: both ways withhold the same.
func TestDepthIsBoundedAlike(t *testing.T) {
	p := started(t, policies["scan"])
	for depth := range 130 {
		ld := plog.NewLogs()
		records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		records.AppendEmpty().Body().SetStr("stays")
		value := records.AppendEmpty().Body()
		for level := range depth {
			if level%2 == 0 {
				value = value.SetEmptyMap().PutEmpty("in")
			} else {
				value = value.SetEmptySlice().AppendEmpty()
			}
		}
		value.SetStr("ann@example.org")
		input, err := (&plog.ProtoMarshaler{}).MarshalLogs(ld)
		require.NoError(t, err)
		columns, otlp, columnsErr, otlpErr := both(t, p, "logs", input, nil)
		require.Equal(t, otlpErr == nil, columnsErr == nil, depth)
		requireAlike(t, "logs", columns, otlp, uint64(depth))
	}
}
