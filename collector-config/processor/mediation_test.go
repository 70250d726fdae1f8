package processor

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor/processortest"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// testKeys are random and published, so that they protect nothing.
var testKeys = map[string]configopaque.String{"ids": "3c1f9e0a57d2486bb1e5a09c74d8f2630e6db7c9a14f58327be0d5196a8c42f7"}

// started is a processor under a policy, or the embedded one for none, with one instance.
func started(t testing.TB, policy string) *frostglass {
	config := createDefaultConfig().(*Config)
	config.Instances, config.Keys = 1, testKeys
	if policy != "" {
		config.Policy = policy
	}
	require.NoError(t, config.Validate())
	p, err := newProcessor(processortest.NewNopSettings(typ), config, "test")
	require.NoError(t, err)
	require.NoError(t, p.start(context.Background(), componenttest.NewNopHost()))
	t.Cleanup(func() { require.NoError(t, p.shutdown(context.Background())) })
	return p
}

// treated is a payload as a Collector would send it on: read into its objects, shown to the module if there is one, written.
func treated(t *testing.T, p *frostglass, signal string, payload []byte) []byte {
	var output []byte
	switch ctx := context.Background(); signal {
	case "logs":
		data, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(payload)
		require.NoError(t, err)
		if p != nil {
			require.NoError(t, p.treat(ctx, logsPayload(data)))
		}
		output, err = (&plog.ProtoMarshaler{}).MarshalLogs(data)
		require.NoError(t, err)
	case "traces":
		data, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(payload)
		require.NoError(t, err)
		if p != nil {
			require.NoError(t, p.treat(ctx, tracesPayload(data)))
		}
		output, err = (&ptrace.ProtoMarshaler{}).MarshalTraces(data)
		require.NoError(t, err)
	case "metrics":
		data, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(payload)
		require.NoError(t, err)
		if p != nil {
			require.NoError(t, p.treat(ctx, metricsPayload(data)))
		}
		output, err = (&pmetric.ProtoMarshaler{}).MarshalMetrics(data)
		require.NoError(t, err)
	case "profiles":
		data, err := (&pprofile.ProtoUnmarshaler{}).UnmarshalProfiles(payload)
		require.NoError(t, err)
		if p != nil {
			require.NoError(t, p.treat(ctx, profilesPayload(data)))
		}
		output, err = (&pprofile.ProtoMarshaler{}).MarshalProfiles(data)
		require.NoError(t, err)
	}
	return output
}

func plainCanary(number int) string { return fmt.Sprintf("canary%05dx", number) }

func address(number int) string { return fmt.Sprintf("ann%05d@example.org", number) }

// Scenario: a payload of each signal made from the published descriptors, through the Collector's objects and back.
// Guarantees: it holds a canary in every text and bytes field that a request can hold, but for ids, and the Collector's objects
// hold them all; so that the other tests say something.
func TestCanariesReachEveryTextField(t *testing.T) {
	for signal := range requests {
		published := map[string]bool{}
		seen := map[string]bool{}
		textFields(requests[signal].ProtoReflect().Descriptor(), map[protoreflect.FullName]bool{}, published)
		payload, all := everything(t, signal, plainCanary, "")
		for _, field := range survivors(treated(t, nil, signal, payload), all) {
			seen[field] = true
		}
		require.Equal(t, published, seen, signal)
	}
}

// Scenario: a canary in every leaf and every key, under a policy that knows nothing and suppresses.
// Guarantees: none is left of any signal, tables of texts included.
func TestSuppressingLeavesNoCanary(t *testing.T) {
	p := started(t, `{"policy": "none", "schema": 1, "default": "suppress"}`)
	for signal := range requests {
		payload, all := everything(t, signal, plainCanary, "")
		require.Empty(t, survivors(treated(t, p, signal, payload), all), signal)
	}
}

// Scenario: an address in every leaf and every key, then in every leaf under a key whose values stay but for what is found,
// under a policy that scans everything and under the embedded one.
// Guarantees: none leaves in plain.
func TestAddressesNeverLeaveInPlain(t *testing.T) {
	scan := `{"policy": "all", "schema": 1, "default": "scan"}`
	for _, policy := range []string{scan, ""} {
		p := started(t, policy)
		for _, key := range []string{"", "error.type"} {
			for signal := range requests {
				payload, all := everything(t, signal, address, key)
				require.Empty(t, survivors(treated(t, p, signal, payload), all), "%s under %q", signal, policy)
			}
		}
	}
}
