package processor

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/consumer/consumererror"
	"go.opentelemetry.io/collector/consumer/consumertest"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/collector/pdata/pmetric"
	"go.opentelemetry.io/collector/pdata/pprofile"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/processor"
	"go.opentelemetry.io/collector/processor/processortest"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"example.org/frostglass/collector-config/processor/internal/metadata"
	"example.org/frostglass/collector-config/processor/internal/metadatatest"
)

const scanAll = "policy: test\nschema: 1\ndefault: scan\n"

// harness is a running processor of each signal, with its logs and metrics.
type harness struct {
	*frostglass
	settings  processor.Settings
	telemetry *componenttest.Telemetry
	logs      *observer.ObservedLogs
}

func run(t *testing.T, signal string, change func(*Config)) *harness {
	t.Helper()
	config := createDefaultConfig().(*Config)
	config.Policy = scanAll
	config.Instances = 2
	change(config)
	require.NoError(t, config.Validate())
	telemetry := componenttest.NewTelemetry()
	core, logs := observer.New(zap.DebugLevel)
	settings := metadatatest.NewSettings(telemetry)
	settings.Logger = zap.New(core)
	p, err := newProcessor(settings, config, signal)
	require.NoError(t, err)
	require.NoError(t, p.start(t.Context(), componenttest.NewNopHost()))
	t.Cleanup(func() {
		require.NoError(t, p.shutdown(context.Background()))
		require.NoError(t, telemetry.Shutdown(context.Background()))
	})
	return &harness{frostglass: p, settings: settings, telemetry: telemetry, logs: logs}
}

// logsOf are logs of one record.
func logsOf(fill func(plog.LogRecord)) plog.Logs {
	ld := plog.NewLogs()
	fill(ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty())
	return ld
}

func firstRecord(ld plog.Logs) plog.LogRecord {
	return ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().At(0)
}

// Scenario: a record that holds an address in its body, in a nested map, in an array, in bytes, in a number and in a key.
// Guarantees: each is treated in its place, and everything else stays as it was.
func TestTreatsEveryPlaceOfARecord(t *testing.T) {
	h := run(t, "logs", func(c *Config) { c.Policy = scanAll + "catalog: {gone: credential}\n" })
	ld := logsOf(func(record plog.LogRecord) {
		record.Body().SetStr("no mailbox for ann@example.org")
		a := record.Attributes()
		a.PutStr("plain", "queue/worker-17")
		a.PutStr("gone", "whatever")
		nested := a.PutEmptyMap("order")
		nested.PutStr("sent to", "ann@example.org")
		list := nested.PutEmptySlice("list")
		list.AppendEmpty().SetStr("203.0.113.7")
		list.AppendEmpty().SetInt(7)
		a.PutEmptyBytes("bytes").FromRaw([]byte("ann@example.org"))
		a.PutInt("number", 4111111111111111)
		a.PutStr("ann@example.org", "a value")
		a.PutEmpty("empty")
	})
	treated, err := h.frostglass.logs(t.Context(), ld)
	require.NoError(t, err)
	record := firstRecord(treated)
	assert.Equal(t, "no mailbox for [direct-id]", record.Body().Str())
	assert.Equal(t, map[string]any{
		"plain":       "queue/worker-17",
		"order":       map[string]any{"sent to": "[direct-id]", "list": []any{"[online-id]", int64(7)}},
		"bytes":       "[direct-id]",
		"number":      "[card]",
		"[direct-id]": "a value",
		"empty":       nil,
	}, withCard(record.Attributes().AsRaw()))
}

// withCard gives the class of payment cards its name, whatever it is.
func withCard(attributes map[string]any) map[string]any {
	if text, ok := attributes["number"].(string); ok && strings.HasPrefix(text, "[") {
		attributes["number"] = "[card]"
	}
	return attributes
}

// Scenario: a trace with everything in it that people put addresses into.
// Guarantees: name, status, trace state, events and links are treated, and the tree stands.
func TestTreatsTraces(t *testing.T) {
	h := run(t, "traces", func(*Config) {})
	td := ptrace.NewTraces()
	rs := td.ResourceSpans().AppendEmpty()
	rs.SetSchemaUrl("https://example.org/ann@example.org")
	ss := rs.ScopeSpans().AppendEmpty()
	ss.Scope().SetName("lib of ann@example.org")
	span := ss.Spans().AppendEmpty()
	span.SetTraceID([16]byte{1})
	span.SetSpanID([8]byte{2})
	span.SetParentSpanID([8]byte{3})
	span.SetName("mail to ann@example.org")
	span.TraceState().FromRaw("vendor=ann@example.org")
	span.Status().SetMessage("no mailbox for ann@example.org")
	event := span.Events().AppendEmpty()
	event.SetName("exception of ann@example.org")
	event.Attributes().PutStr("exception.message", "ann@example.org")
	link := span.Links().AppendEmpty()
	link.TraceState().FromRaw("vendor=ann@example.org")
	link.Attributes().PutStr("from", "ann@example.org")
	treated, err := h.frostglass.traces(t.Context(), td)
	require.NoError(t, err)
	bytes, err := (&ptrace.JSONMarshaler{}).MarshalTraces(treated)
	require.NoError(t, err)
	assert.NotContains(t, string(bytes), "ann@example.org")
	assert.Equal(t, "no mailbox for [direct-id]", span.Status().Message())
	assert.Equal(t, pcommon.SpanID{3}, span.ParentSpanID())
}

// Scenario: two points that only a personal label tells apart, once where they add up and once where they do not.
// Guarantees: delta sums merge exactly; gauges that became alike are withheld; and both are counted.
func TestPointsThatBecomeAlike(t *testing.T) {
	h := run(t, "metrics", func(c *Config) { c.Policy = scanAll + "catalog: {user.id: credential}\n" })
	md := pmetric.NewMetrics()
	metrics := md.ResourceMetrics().AppendEmpty().ScopeMetrics().AppendEmpty().Metrics()
	sum, gauge := metrics.AppendEmpty(), metrics.AppendEmpty()
	sum.SetName("orders")
	sum.SetEmptySum().SetAggregationTemporality(pmetric.AggregationTemporalityDelta)
	gauge.SetName("cart")
	gauge.SetEmptyGauge()
	for i, user := range []string{"ann", "ben"} {
		for _, points := range []pmetric.NumberDataPointSlice{sum.Sum().DataPoints(), gauge.Gauge().DataPoints()} {
			point := points.AppendEmpty()
			point.SetIntValue(int64(i + 1))
			point.SetStartTimestamp(1)
			point.SetTimestamp(2)
			point.Attributes().PutStr("user.id", user)
			point.Attributes().PutStr("shop", "north")
		}
	}
	treated, err := h.frostglass.metrics(t.Context(), md)
	require.NoError(t, err)
	metrics = treated.ResourceMetrics().At(0).ScopeMetrics().At(0).Metrics()
	require.Equal(t, 1, metrics.Len())
	points := metrics.At(0).Sum().DataPoints()
	require.Equal(t, 1, points.Len())
	assert.Equal(t, int64(3), points.At(0).IntValue())
	assert.Equal(t, map[string]any{"shop": "north"}, points.At(0).Attributes().AsRaw())
	metadatatest.AssertEqualProcessorFrostglassPointsMerged(t, h.telemetry,
		[]metricdata.DataPoint[int64]{{Value: 1}}, metricdatatest.IgnoreTimestamp())
	metadatatest.AssertEqualProcessorFrostglassRecordsDropped(t, h.telemetry, []metricdata.DataPoint[int64]{{
		Value: 2, Attributes: attribute.NewSet(attribute.String("signal", "metrics"), attribute.String("reason", "collision")),
	}}, metricdatatest.IgnoreTimestamp())
}

// Scenario: a profile whose table of strings and attributes hold an address.
// Guarantees: none is left, places in the tables stay what they are, text that is plain stays, and a key that goes leaves no name.
func TestTreatsProfiles(t *testing.T) {
	h := run(t, "profiles", func(c *Config) { c.Policy = scanAll + "catalog: {gone: credential}\n" })
	pd := pprofile.NewProfiles()
	d := pd.Dictionary()
	d.StringTable().Append("", "main", "/home/ann@example.org/main.go", "user", "gone", "nanoseconds")
	function := d.FunctionTable().AppendEmpty()
	function.SetNameStrindex(1)
	function.SetFilenameStrindex(2)
	for i, key := range []int32{3, 4} {
		attribute := d.AttributeTable().AppendEmpty()
		attribute.SetKeyStrindex(key)
		attribute.Value().SetStr([]string{"ann@example.org", "whatever"}[i])
	}
	profile := pd.ResourceProfiles().AppendEmpty().ScopeProfiles().AppendEmpty().Profiles().AppendEmpty()
	profile.SampleType().SetUnitStrindex(5)
	profile.OriginalPayload().FromRaw([]byte("of ann@example.org"))
	treated, err := h.frostglass.profiles(t.Context(), pd)
	require.NoError(t, err)
	d = treated.Dictionary()
	assert.Equal(t, []string{"", "main", "/home/[direct-id]/main.go", "user", "", "nanoseconds"}, d.StringTable().AsRaw())
	assert.Equal(t, "[direct-id]", d.AttributeTable().At(0).Value().Str())
	assert.Equal(t, pcommon.ValueTypeEmpty, d.AttributeTable().At(1).Value().Type())
	assert.Equal(t, int32(0), d.AttributeTable().At(1).KeyStrindex())
	assert.Equal(t, "of [direct-id]", string(profile.OriginalPayload().AsRaw()))
}

// deep nests an array in an array, so many times.
func deep(value pcommon.Value, depth int) {
	for range depth {
		value = value.SetEmptySlice().AppendEmpty()
	}
}

// Scenario: one record nests too deep, beside one that does not.
// Guarantees: it is dropped and counted; where whole batches are wanted, the batch is refused for good and nothing changed.
func TestARecordThatCannotBeKept(t *testing.T) {
	make := func() plog.Logs {
		ld := logsOf(func(record plog.LogRecord) { deep(record.Body(), 100) })
		ld.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().AppendEmpty().Body().SetStr("of ann@example.org")
		return ld
	}
	h := run(t, "logs", func(*Config) {})
	treated, err := h.frostglass.logs(t.Context(), make())
	require.NoError(t, err)
	require.Equal(t, 1, treated.LogRecordCount())
	assert.Equal(t, "of [direct-id]", firstRecord(treated).Body().Str())
	h = run(t, "logs", func(c *Config) { c.OnWithheld = rejectWithheld })
	ld := make()
	_, err = h.frostglass.logs(t.Context(), ld)
	require.ErrorContains(t, err, "nests deeper than 64")
	assert.True(t, consumererror.IsPermanent(err))
	assert.Equal(t, 2, ld.LogRecordCount())
}

// Scenario: a batch over the bound.
// Guarantees: refused for good, by a message that names the bound's key and no value.
func TestABatchOverTheBound(t *testing.T) {
	h := run(t, "logs", func(c *Config) { c.MaxBatchBytes = 1000 })
	_, err := h.frostglass.logs(t.Context(), logsOf(func(record plog.LogRecord) {
		record.Body().SetStr("ann@example.org" + strings.Repeat("x", 1000))
	}))
	require.ErrorContains(t, err, "max_batch_bytes")
	assert.True(t, consumererror.IsPermanent(err))
	metadatatest.AssertEqualProcessorFrostglassBatchesRefused(t, h.telemetry, []metricdata.DataPoint[int64]{{
		Value: 1, Attributes: attribute.NewSet(attribute.String("signal", "logs"), attribute.String("reason", "too-large")),
	}}, metricdatatest.IgnoreTimestamp())
}

// Scenario: an instance fails in the middle of a batch.
// Guarantees: the batch is refused, the instance is not used again, and the next batch is treated by a fresh one.
func TestAnInstanceThatFailedIsNotUsedAgain(t *testing.T) {
	h := run(t, "logs", func(c *Config) { c.Instances = 1 })
	generation, instance, err := h.engine.current.take(t.Context())
	require.NoError(t, err)
	require.NoError(t, instance.module.Close(t.Context()))
	generation.give(t.Context(), instance, false)
	ld := logsOf(func(record plog.LogRecord) { record.Body().SetStr("of ann@example.org") })
	_, err = h.frostglass.logs(t.Context(), ld)
	require.ErrorIs(t, err, errInstance)
	assert.True(t, consumererror.IsPermanent(err))
	treated, err := h.frostglass.logs(t.Context(), ld)
	require.NoError(t, err)
	assert.Equal(t, "of [direct-id]", firstRecord(treated).Body().Str())
}

// Scenario: somebody who was to leave a batch alone takes a value out of it while the module looks at it: the one that is to change, or
// the second of two, from a map or from an array.
// Guarantees: the batch is refused for good and counted, the processor goes on, and the next batch is treated by a fresh instance.
func TestABatchThatSomebodyChangesMeanwhileIsRefused(t *testing.T) {
	list := func(record plog.LogRecord) pcommon.Slice {
		list, _ := record.Attributes().Get("list")
		return list.Slice()
	}
	for name, take := range map[string]func(plog.LogRecord){
		"all of a map":        func(record plog.LogRecord) { record.Attributes().Clear() },
		"the second of a map": func(record plog.LogRecord) { record.Attributes().Remove("second") },
		"all of an array":     func(record plog.LogRecord) { list(record).RemoveIf(func(pcommon.Value) bool { return true }) },
		"the second of an array": func(record plog.LogRecord) {
			list(record).RemoveIf(func(value pcommon.Value) bool { return value.Str() == "second@example.org" })
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := run(t, "logs", func(c *Config) { c.Instances = 1 })
			make := func() plog.Logs {
				return logsOf(func(record plog.LogRecord) {
					elements := record.Attributes().PutEmptySlice("list")
					elements.AppendEmpty().SetStr("first@example.org")
					elements.AppendEmpty().SetStr("second@example.org")
					record.Attributes().PutStr("first", "first@example.org")
					record.Attributes().PutStr("second", "second@example.org")
				})
			}
			ld := make()
			changed := logsPayload(ld)
			walk := changed.walk
			changed.walk = func(b *batch) walked {
				w := walk(b)
				take(firstRecord(ld))
				return w
			}
			err := h.treat(t.Context(), changed)
			require.ErrorIs(t, err, errEdits)
			assert.True(t, consumererror.IsPermanent(err))
			metadatatest.AssertEqualProcessorFrostglassBatchesRefused(t, h.telemetry, []metricdata.DataPoint[int64]{{
				Value: 1, Attributes: attribute.NewSet(attribute.String("signal", "logs"), attribute.String("reason", "instance")),
			}}, metricdatatest.IgnoreTimestamp())
			treated, err := h.frostglass.logs(t.Context(), make())
			require.NoError(t, err)
			assert.Equal(t, map[string]any{
				"list": []any{"[direct-id]", "[direct-id]"}, "first": "[direct-id]", "second": "[direct-id]",
			}, firstRecord(treated).Attributes().AsRaw())
		})
	}
}

// Scenario: a batch comes while all instances are at work, and its sender gives up.
// Guarantees: it waits no longer than its sender, and may be sent again.
func TestABatchWaitsNoLongerThanItsSender(t *testing.T) {
	h := run(t, "logs", func(c *Config) { c.Instances = 1 })
	generation, instance, err := h.engine.current.take(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err = h.frostglass.logs(ctx, plog.NewLogs())
	require.ErrorIs(t, err, context.DeadlineExceeded)
	assert.False(t, consumererror.IsPermanent(err))
	generation.give(t.Context(), instance, false)
}

// Scenario: all there is in a batch goes.
// Guarantees: nothing is sent on, and the sender hears no error.
func TestNothingLeftIsNotSent(t *testing.T) {
	sink := new(consumertest.LogsSink)
	config := createDefaultConfig().(*Config)
	config.Policy = scanAll
	logs, err := NewFactory().CreateLogs(t.Context(), processortest.NewNopSettings(metadata.Type), config, sink)
	require.NoError(t, err)
	require.NoError(t, logs.Start(t.Context(), componenttest.NewNopHost()))
	require.NoError(t, logs.ConsumeLogs(t.Context(), logsOf(func(record plog.LogRecord) { deep(record.Body(), 100) })))
	require.NoError(t, logs.ConsumeLogs(t.Context(), logsOf(func(plog.LogRecord) {})))
	require.NoError(t, logs.Shutdown(t.Context()))
	assert.Len(t, sink.AllLogs(), 1)
	assert.True(t, logs.Capabilities().MutatesData)
}

// Scenario: a policy that uses keys, given in every way there is; and one key that is missing and one that is bad.
// Guarantees: the same key gives the same token however it is given; what lacks its key is suppressed, and a log line says
// so without the key.
func TestKeys(t *testing.T) {
	const key = "3f9c1de07ab25486c3d1e90f5b7a6248190d3ecfa4b87216e5d0c94f8a3b7162"
	policy := scanAll + "keys: {ids: {use: pseudonymize, from: standalone}}\n" +
		"classes: {direct-id: {treat: token}}\ntreatments: {token: {pseudonymize: {key: ids, prefix: u}}}\n"
	file := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(file, []byte(key+"\n"), 0o600))
	token := func(change func(*Config)) (string, *harness) {
		h := run(t, "logs", func(c *Config) {
			c.Policy = policy
			change(c)
		})
		h.now = func() time.Time { return time.Unix(1_700_000_000, 0) }
		treated, err := h.frostglass.logs(t.Context(), logsOf(func(record plog.LogRecord) { record.Body().SetStr("ann@example.org") }))
		require.NoError(t, err)
		return firstRecord(treated).Body().Str(), h
	}
	inline, _ := token(func(c *Config) { c.Keys = map[string]configopaque.String{"ids": key} })
	assert.Regexp(t, `^u_[a-z2-7]+$`, inline)
	fromFile, _ := token(func(c *Config) { c.KeyFiles = map[string]string{"ids": file} })
	assert.Equal(t, inline, fromFile)
	other, _ := token(func(c *Config) {
		c.KeyFiles = map[string]string{"ids": file}
		c.Recipient = "vendor"
	})
	assert.NotEqual(t, inline, other)
	missing, h := token(func(*Config) {})
	assert.Equal(t, "[direct-id]", missing)
	assert.Len(t, h.logs.FilterMessage("a key is missing").All(), 1)
	bad, h := token(func(c *Config) { c.Keys = map[string]configopaque.String{"ids": configopaque.String(key[:40])} })
	assert.Equal(t, "[direct-id]", bad)
	for _, line := range h.logs.All() {
		assert.NotContains(t, fmt.Sprint(line.ContextMap()), key[:8])
	}
	t.Setenv("FROSTGLASS_KEY_IDS", key)
	// An engine of the same configuration is shared, with the keys that it started with.
	fromEnvironment, _ := token(func(c *Config) { c.Instances = 1 })
	assert.Equal(t, inline, fromEnvironment)
}

// Scenario: batches run on two pipelines while the policy file changes twenty times, now and then to something bad or nothing, in a folder
// in which another file is written all the time.
// Guarantees: no batch fails; each is treated under exactly one policy; bad ones are refused in a log line and in a metric.
func TestReloadUnderLoad(t *testing.T) {
	file := filepath.Join(t.TempDir(), "policy.yaml")
	write := func(word string) {
		text := scanAll + "treatments: {word: {replace: {with: " + word + "}}}\nclasses: {direct-id: {treat: word}}\n"
		next := file + ".new"
		require.NoError(t, os.WriteFile(next, []byte(text), 0o600))
		require.NoError(t, os.Rename(next, file))
	}
	write("w0")
	change := func(c *Config) {
		c.Policy = nil
		c.PolicyFile = file
		c.PolicyPollInterval = 20 * time.Millisecond
	}
	one, other := run(t, "logs", change), run(t, "logs", change)
	require.Same(t, one.engine, other.engine)
	stop := make(chan struct{})
	var working sync.WaitGroup
	for _, h := range []*harness{one, other} {
		working.Add(1)
		go func() {
			defer working.Done()
			for {
				select {
				case <-stop:
					return
				default:
				}
				ld := plog.NewLogs()
				records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
				for range 50 {
					records.AppendEmpty().Body().SetStr("ann@example.org")
				}
				if _, err := h.frostglass.logs(context.Background(), ld); !assert.NoError(t, err) {
					return
				}
				words := map[string]bool{}
				for _, record := range records.All() {
					words[record.Body().Str()] = true
				}
				assert.Len(t, words, 1)
			}
		}()
	}
	working.Add(1)
	go func() {
		defer working.Done()
		for every := time.NewTicker(settle / 10); ; {
			select {
			case <-stop:
				every.Stop()
				return
			case <-every.C:
				assert.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "other.log"), []byte(time.Now().String()), 0o600))
			}
		}
	}()
	inForce := func() string { return one.engine.current.Load().loaded.Digest }
	for i := range 20 {
		before := inForce()
		switch i {
		case 5:
			require.NoError(t, os.WriteFile(file, []byte(scanAll+"clases: {}\n"), 0o600))
		case 10:
			require.NoError(t, os.Remove(file))
		case 15:
			require.NoError(t, os.WriteFile(file, []byte("policy: [\n"), 0o600))
		default:
			write(fmt.Sprintf("w%d", i+1))
			require.Eventually(t, func() bool { return inForce() != before }, 10*time.Second, 5*time.Millisecond)
			continue
		}
		require.Eventually(t, func() bool { return refusals(one, other) > (i-5)/5 }, 10*time.Second, 5*time.Millisecond)
		assert.Equal(t, before, inForce())
	}
	close(stop)
	working.Wait()
	lines := append(one.logs.FilterMessageSnippet("refused").All(), other.logs.FilterMessageSnippet("refused").All()...)
	require.Len(t, lines, 3)
	assert.Contains(t, lines[0].ContextMap()["reason"], "did you mean `classes`?")
	assert.Contains(t, lines[0].ContextMap()["reason"], "policy.yaml:4")
}

func refusals(all ...*harness) int {
	count := 0
	for _, h := range all {
		count += len(h.logs.FilterMessageSnippet("refused").All())
	}
	return count
}

// Scenario: a policy that is wrong at the start, a file that is not there, and modules that are not ours.
// Guarantees: the processor does not start, and says what is wrong where.
func TestDoesNotStart(t *testing.T) {
	folder := t.TempDir()
	wasm := filepath.Join(folder, "other.wasm")
	require.NoError(t, os.WriteFile(wasm, []byte("\x00asm\x01\x00\x00\x00"), 0o600))
	const digest = "93a44bbb96c751218e4c00d479e4c14358122a389acca16205b1e4d0dc5f9476"
	for wanted, change := range map[string]func(*Config){
		"policy:4:1: clases":      func(c *Config) { c.Policy = scanAll + "clases: {}\n" },
		"policy_file: open":       func(c *Config) { c.Policy, c.PolicyFile = nil, filepath.Join(folder, "none.yaml") },
		"key_files::ids: open":    func(c *Config) { c.KeyFiles = map[string]string{"ids": filepath.Join(folder, "none")} },
		"module::path: open":      func(c *Config) { c.Module = ModuleConfig{Path: filepath.Join(folder, "none.wasm"), SHA256: digest} },
		"module: sha256 is":       func(c *Config) { c.Module = ModuleConfig{Path: wasm, SHA256: strings.Repeat("0", 64)} },
		"not a Frostglass module": func(c *Config) { c.Module = ModuleConfig{Path: wasm, SHA256: digest} },
	} {
		config := createDefaultConfig().(*Config)
		config.Policy = scanAll
		change(config)
		require.NoError(t, config.Validate())
		p, err := newProcessor(processortest.NewNopSettings(metadata.Type), config, "logs")
		require.NoError(t, err)
		require.ErrorContains(t, p.start(t.Context(), componenttest.NewNopHost()), wanted)
		require.NoError(t, p.shutdown(t.Context()))
	}
	assert.Empty(t, engines)
}

// Scenario: lists of edits that no module of ours would give.
// Guarantees: refused as a whole, before anything is applied.
func TestEditsAreCheckedBeforeTheFirstIsApplied(t *testing.T) {
	edit := func(index uint32, kind uint32, content string) string {
		head := kind<<28 | uint32(len(content))
		return string([]byte{byte(index), byte(index >> 8), 0, 0, byte(head), byte(head >> 8), byte(head >> 16), byte(head >> 24)}) + content
	}
	count := func(n byte) string { return string([]byte{n, 0, 0, 0}) }
	b := batch{targets: []target{{field: fieldValue}, {field: fieldNone}, {field: fieldValue}}}
	accepted, err := b.readEdits([]byte(count(2)+edit(0, editText, "a")+edit(2, editDrop, "")), nil)
	require.NoError(t, err)
	assert.Len(t, accepted, 2)
	for name, answer := range map[string]string{
		"nothing at all":   "",
		"too few":          count(2) + edit(0, editText, "a"),
		"too many":         count(1) + edit(0, editText, "a") + "x",
		"cut":              count(1) + edit(0, editText, "abc")[:9],
		"beyond the end":   count(1) + edit(3, editDrop, ""),
		"descending":       count(2) + edit(2, editDrop, "") + edit(0, editDrop, ""),
		"twice":            count(2) + edit(0, editDrop, "") + edit(0, editDrop, ""),
		"of a mark":        count(1) + edit(1, editDrop, ""),
		"of unknown kind":  count(1) + edit(0, 9, ""),
		"a short number":   count(1) + edit(0, editInt, "1234"),
		"a drop with text": count(1) + edit(0, editDrop, "a"),
		"an absurd number": "\xff\xff\xff\xff" + edit(0, editDrop, ""),
	} {
		_, err := b.readEdits([]byte(answer), nil)
		assert.ErrorIs(t, err, errEdits, name)
	}
}
