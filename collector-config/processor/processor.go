package processor

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processorhelper"
	"go.uber.org/zap"
)

// What became of the records of a batch, as the metric says it.
const (
	outcomeTreated   = "treated"
	outcomeUnchanged = "unchanged"
	outcomeRefused   = "refused"
)

// frostglass is the processor of one pipeline and signal.
type frostglass struct {
	config    *Config
	settings  processor.Settings
	telemetry *telemetry
	engine    *engine
	now       func() time.Time
	random    func() [32]byte
}

func newProcessor(settings processor.Settings, config *Config, signal string) (*frostglass, error) {
	t, err := newTelemetry(settings.TelemetrySettings, signal)
	if err != nil {
		return nil, err
	}
	return &frostglass{config: config, settings: settings, telemetry: t, now: time.Now, random: fresh}, nil
}

// fresh is randomness of the system.
func fresh() (random [32]byte) {
	_, _ = rand.Read(random[:]) // never fails, as crypto/rand says
	return random
}

func (p *frostglass) start(ctx context.Context, _ component.Host) error {
	var err error
	if p.engine, err = acquire(ctx, p.config, p.settings.Logger, p.telemetry); err != nil {
		return fmt.Errorf("frostglass: %w", err)
	}
	return p.telemetry.observe(p.engine)
}

func (p *frostglass) shutdown(ctx context.Context) error {
	p.telemetry.builder.Shutdown()
	if p.engine == nil {
		return nil
	}
	return p.engine.release(ctx)
}

// payload is one batch of a signal: how it is walked, and how it is replaced when it must be rewritten as OTLP.
type payload struct {
	items int
	// walk shows the batch. None when the policy rules what only OTLP shows.
	walk func(*batch) walked
	// signal is the module's number for OTLP requests of this signal, which marshal and replace stand for.
	signal  uint32
	marshal func() ([]byte, error)
	replace func([]byte) error
}

// walked takes the edits of a batch that was shown.
type walked interface {
	setter
	finish()
}

func logsPayload(ld plog.Logs) payload {
	return payload{
		items: ld.LogRecordCount(),
		walk:  func(b *batch) walked { return walkLogs(b, ld) },
	}
}

func (p *frostglass) logs(ctx context.Context, ld plog.Logs) (plog.Logs, error) {
	err := p.treat(ctx, logsPayload(ld))
	if err == nil && ld.LogRecordCount() == 0 {
		err = processorhelper.ErrSkipProcessingData
	}
	return ld, err
}

func tracesPayload(td ptrace.Traces) payload {
	return payload{
		items: td.SpanCount(),
		walk:  func(b *batch) walked { return walkTraces(b, td) },
	}
}

func (p *frostglass) traces(ctx context.Context, td ptrace.Traces) (ptrace.Traces, error) {
	err := p.treat(ctx, tracesPayload(td))
	if err == nil && td.SpanCount() == 0 {
		err = processorhelper.ErrSkipProcessingData
	}
	return td, err
}

func metricsPayload(md pmetric.Metrics) payload {
	const signalMetrics = 2
	return payload{
		items: md.DataPointCount(),
		walk: func(b *batch) walked {
			if w, ok := walkMetrics(b, md); ok {
				return w
			}
			return nil
		},
		signal:  signalMetrics,
		marshal: func() ([]byte, error) { return (&pmetric.ProtoMarshaler{}).MarshalMetrics(md) },
		replace: func(request []byte) error {
			rewritten, err := (&pmetric.ProtoUnmarshaler{}).UnmarshalMetrics(request)
			if err == nil {
				rewritten.MoveTo(md)
			}
			return err
		},
	}
}

func (p *frostglass) metrics(ctx context.Context, md pmetric.Metrics) (pmetric.Metrics, error) {
	err := p.treat(ctx, metricsPayload(md))
	if err == nil && md.MetricCount() == 0 {
		err = processorhelper.ErrSkipProcessingData
	}
	return md, err
}

func profilesPayload(pd pprofile.Profiles) payload {
	return payload{
		items: pd.SampleCount(),
		walk:  func(b *batch) walked { return walkProfiles(b, pd) },
	}
}

func (p *frostglass) profiles(ctx context.Context, pd pprofile.Profiles) (pprofile.Profiles, error) {
	err := p.treat(ctx, profilesPayload(pd))
	if err == nil && pd.ProfileCount() == 0 {
		err = processorhelper.ErrSkipProcessingData
	}
	return pd, err
}

// treat treats one batch in place. On an error nothing of it may go on, and nothing of it was changed, unless somebody else changed it meanwhile.
func (p *frostglass) treat(ctx context.Context, batch payload) error {
	if p.engine == nil {
		return errStopped
	}
	generation, instance, err := p.engine.current.take(ctx)
	if err != nil {
		p.telemetry.refused(ctx, "no-instance")
		p.telemetry.items(ctx, batch.items, outcomeRefused)
		return fmt.Errorf("frostglass: %w", err) // the sender may try again
	}
	failed := true
	defer func() { generation.give(ctx, instance, failed) }()
	changed, err := p.with(ctx, instance, batch)
	failed = errors.Is(err, errInstance) || errors.Is(err, errEdits)
	if err != nil {
		p.telemetry.refused(ctx, reason(err))
		p.telemetry.items(ctx, batch.items, outcomeRefused)
		if failed {
			p.settings.Logger.Error("an instance failed and was replaced; its batch is refused", zap.Error(err))
		}
		// The same batch would be refused again.
		return consumererror.NewPermanent(fmt.Errorf("frostglass: %w", err))
	}
	outcome := outcomeUnchanged
	if changed {
		outcome = outcomeTreated
	}
	p.telemetry.items(ctx, batch.items, outcome)
	return nil
}

// withheldError is why the module refuses a batch, in fixed words and numbers.
type withheldError struct{ why string }

func (e *withheldError) Error() string { return "the batch is withheld: " + e.why }

// reason is the word for a metric.
func reason(err error) string {
	var withheld *withheldError
	switch {
	case errors.As(err, &withheld):
		return "withheld"
	case errors.Is(err, errTooLarge):
		return "too-large"
	default:
		return "instance"
	}
}

// with treats a batch with an instance, and tells whether anything changed.
func (p *frostglass) with(ctx context.Context, g *guest, batch payload) (bool, error) {
	began := p.now()
	ctx = g.listening(ctx)
	if err := g.begin(ctx, began, p.random()); err != nil {
		return false, err
	}
	b := &g.batch
	w := batch.walk(b)
	if b.err != nil {
		return false, b.err
	}
	if w == nil {
		return p.rewrite(ctx, g, batch)
	}
	if b.size() > g.maxBatch {
		return false, errTooLarge
	}
	size, skipped := b.size(), b.skipped
	a, err := g.treat(ctx)
	if err != nil {
		return false, err
	}
	p.telemetry.shown(ctx, size, p.now().Sub(began))
	switch a.status {
	case statusDone:
		edits, err := b.readEdits(a.content, g.edits[:0])
		if err != nil {
			return false, err
		}
		g.edits = edits
		if err := b.apply(edits, w); err != nil {
			return false, err
		}
		w.finish()
		p.telemetry.counts(ctx, a.counts, skipped)
		clear(g.edits)
		return len(edits) > 0, nil
	case statusAlike:
		return p.rewrite(ctx, g, batch)
	case statusWithheld:
		p.telemetry.counts(ctx, a.counts, skipped)
		return false, &withheldError{why: string(a.content)}
	default:
		return false, fmt.Errorf("%w: %s", errInstance, a.content)
	}
}

// rewrite treats a batch as OTLP. It is some ten times slower, and merges metric points that became alike.
func (p *frostglass) rewrite(ctx context.Context, g *guest, batch payload) (bool, error) {
	if batch.marshal == nil {
		return false, fmt.Errorf("%w: it asks for OTLP where there is none", errInstance)
	}
	request, err := batch.marshal()
	if err != nil {
		return false, err
	}
	if len(request) > g.maxBatch {
		return false, errTooLarge
	}
	a, err := g.rewrite(ctx, batch.signal, request)
	if err != nil {
		return false, err
	}
	p.telemetry.counts(ctx, a.counts, 0)
	switch a.status {
	case statusDone:
		return false, nil
	case statusRewritten:
		return true, batch.replace(a.content)
	case statusWithheld:
		return false, &withheldError{why: string(a.content)}
	default:
		return false, fmt.Errorf("%w: %s", errInstance, a.content)
	}
}
