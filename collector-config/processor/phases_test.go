package processor

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/ptrace"
)

// phases are what a batch goes through, each with the time it took.
type phases struct{ show, module, apply time.Duration }

// least keeps the shorter time of each phase.
func (p *phases) least(other phases) {
	p.show, p.module, p.apply = min(p.show, other.show), min(p.module, other.module), min(p.apply, other.apply)
}

// phasesOf treats a batch as [frostglass.with] does, and takes the times.
func phasesOf(b *testing.B, g *guest, batch payload) phases {
	ctx := g.listening(context.Background())
	began := time.Now()
	require.NoError(b, g.begin(ctx, began, fresh()))
	w := batch.walk(&g.batch)
	require.NoError(b, g.batch.err)
	shown := time.Now()
	a, err := g.treat(ctx)
	require.NoError(b, err)
	require.EqualValues(b, statusDone, a.status)
	answered := time.Now()
	edits, err := g.batch.readEdits(a.content, g.edits[:0])
	require.NoError(b, err)
	g.edits = edits
	require.NoError(b, g.batch.apply(edits, w))
	w.finish()
	clear(g.edits)
	applied := time.Now()
	g.batch.reset()
	return phases{show: shown.Sub(began), module: answered.Sub(shown), apply: applied.Sub(answered)}
}

// decoded is a batch as a receiver hands it on.
func decoded(b *testing.B, signal string, request []byte) payload {
	switch signal {
	case "logs":
		data, err := (&plog.ProtoUnmarshaler{}).UnmarshalLogs(request)
		require.NoError(b, err)
		return logsPayload(data)
	case "traces":
		data, err := (&ptrace.ProtoUnmarshaler{}).UnmarshalTraces(request)
		require.NoError(b, err)
		return tracesPayload(data)
	default:
		data, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(request)
		require.NoError(b, err)
		return metricsPayload(data)
	}
}

// BenchmarkPhases tells what one item of a batch costs without a Collector around it: nanoseconds to show it, in the module, and to
// apply its edits. `bench.py --only phases` makes the payloads and runs it.
//
// FROSTGLASS_PHASES names a folder with a `policy.yaml` and folders SIGNAL-SHARE-VALUES of OTLP requests. Each iteration sends all requests of
// a folder, in order; of each request and phase the least of all iterations counts. Where VALUES is `new` an iteration has an instance of its own,
// warmed up with the first request, so that no token is remembered from the iteration before; elsewhere all of them share one.
func BenchmarkPhases(b *testing.B) {
	folder := os.Getenv("FROSTGLASS_PHASES")
	if folder == "" {
		b.Skip("FROSTGLASS_PHASES names no folder with payloads: bench.py --only phases makes one")
	}
	policy, err := os.ReadFile(filepath.Join(folder, "policy.yaml"))
	require.NoError(b, err)
	generation := started(b, string(policy)).engine.current.Load()
	cases, err := filepath.Glob(filepath.Join(folder, "*-*-*"))
	require.NoError(b, err)
	for _, path := range cases {
		name := filepath.Base(path)
		signal, rest, _ := strings.Cut(name, "-")
		_, values, _ := strings.Cut(rest, "-")
		b.Run(name, func(b *testing.B) {
			files, err := filepath.Glob(filepath.Join(path, "*.pb"))
			require.NoError(b, err)
			require.Greater(b, len(files), 1)
			var requests [][]byte
			for _, file := range files {
				request, err := os.ReadFile(file)
				require.NoError(b, err)
				requests = append(requests, request)
			}
			measurePhases(b, generation, signal, requests, values == "new")
		})
	}
}

func measurePhases(b *testing.B, generation *generation, signal string, requests [][]byte, anew bool) {
	ctx := context.Background()
	items := 0
	least := make([]phases, len(requests))
	for i, request := range requests {
		if i > 0 { // the first is the warm-up
			items += decoded(b, signal, request).items
		}
		least[i] = phases{show: time.Hour, module: time.Hour, apply: time.Hour}
	}
	shared, err := generation.take(ctx)
	require.NoError(b, err)
	defer generation.give(ctx, shared, false)
	for b.Loop() {
		g := shared
		if anew {
			g, _, err = generation.compiled.instantiate(ctx, generation.configuration, generation.maxBatch)
			require.NoError(b, err)
		}
		for i, request := range requests {
			least[i].least(phasesOf(b, g, decoded(b, signal, request)))
		}
		if anew {
			require.NoError(b, g.close(ctx))
		}
	}
	var sum phases
	for _, one := range least[1:] {
		sum.show, sum.module, sum.apply = sum.show+one.show, sum.module+one.module, sum.apply+one.apply
	}
	for phase, took := range map[string]time.Duration{"show": sum.show, "module": sum.module, "apply": sum.apply} {
		b.ReportMetric(float64(took.Nanoseconds())/float64(items), phase+"-ns/item")
	}
	b.ReportMetric(0, "ns/op") // decoding is in it
}
