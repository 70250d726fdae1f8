package processor

import (
	"context"
	"strconv"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"example.org/frostglass/collector-config/processor/internal/metadata"
)

// telemetry is what one processor says of itself: numbers under words from closed lists, never a key or a value.
type telemetry struct {
	builder *metadata.TelemetryBuilder
	signal  metric.MeasurementOption
	name    string
}

func newTelemetry(settings component.TelemetrySettings, signal string) (*telemetry, error) {
	builder, err := metadata.NewTelemetryBuilder(settings)
	if err != nil {
		return nil, err
	}
	return &telemetry{builder: builder, signal: labels("signal", signal), name: signal}, nil
}

func labels(pairs ...string) metric.MeasurementOption {
	attributes := make([]attribute.KeyValue, 0, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		attributes = append(attributes, attribute.String(pairs[i], pairs[i+1]))
	}
	return metric.WithAttributeSet(attribute.NewSet(attributes...))
}

// observe publishes the policy that is in force in an engine.
func (t *telemetry) observe(e *engine) error {
	return t.builder.RegisterProcessorFrostglassPolicyAgeCallback(func(_ context.Context, observer metric.Int64Observer) error {
		if g := e.current.Load(); g != nil {
			digest := g.loaded.Digest[:min(16, len(g.loaded.Digest))]
			observer.Observe(int64(time.Since(g.since).Seconds()), labels("policy", g.loaded.Policy, "digest", digest))
		}
		return nil
	})
}

func (t *telemetry) reloaded(ctx context.Context, taken bool) {
	t.builder.ProcessorFrostglassPolicyReloads.Add(ctx, 1, labels("outcome", takenOrRefused(taken)))
}

func (t *telemetry) keysReloaded(ctx context.Context, taken bool) {
	t.builder.ProcessorFrostglassKeyReloads.Add(ctx, 1, labels("outcome", takenOrRefused(taken)))
}

func takenOrRefused(taken bool) string {
	if taken {
		return "taken"
	}
	return "refused"
}

// shown counts a batch that was shown to the module.
func (t *telemetry) shown(ctx context.Context, bytes int, elapsed time.Duration) {
	t.builder.ProcessorFrostglassShown.Add(ctx, int64(bytes), t.signal)
	t.builder.ProcessorFrostglassGuestTime.Record(ctx, elapsed.Seconds(), t.signal)
}

func (t *telemetry) items(ctx context.Context, items int, outcome string) {
	t.builder.ProcessorFrostglassItems.Add(ctx, int64(items), labels("signal", t.name, "outcome", outcome))
}

func (t *telemetry) refused(ctx context.Context, reason string) {
	t.builder.ProcessorFrostglassBatchesRefused.Add(ctx, 1, labels("signal", t.name, "reason", reason))
}

// counts adds what the module counted, a line each: words, then a number.
func (t *telemetry) counts(ctx context.Context, lines []byte, skipped int64) {
	fields := skipped
	for line := range strings.Lines(string(lines)) {
		words := strings.Fields(line)
		count, err := strconv.ParseInt(words[len(words)-1], 10, 64)
		if err != nil {
			continue
		}
		switch {
		case len(words) == 2 && words[0] == "fields":
			fields += count
		case len(words) == 4 && words[0] == "treated":
			t.builder.ProcessorFrostglassFieldsTreated.Add(ctx, count, labels("class", words[1], "treatment", words[2]))
		case len(words) == 3 && words[0] == "withheld":
			t.builder.ProcessorFrostglassValuesWithheld.Add(ctx, count, labels("reason", words[1]))
		case len(words) == 3 && words[0] == "dropped":
			t.builder.ProcessorFrostglassRecordsDropped.Add(ctx, count, labels("signal", t.name, "reason", words[1]))
		case len(words) == 2 && words[0] == "merged":
			t.builder.ProcessorFrostglassPointsMerged.Add(ctx, count)
		}
	}
	t.builder.ProcessorFrostglassFields.Add(ctx, fields, t.signal)
}
