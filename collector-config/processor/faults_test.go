package processor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"example.org/frostglass/collector-config/processor/internal/metadatatest"
)

// assertWithheld holds the metric of withheld values against counts by reason.
func assertWithheld(t *testing.T, h *harness, counts map[string]int64) {
	t.Helper()
	var points []metricdata.DataPoint[int64]
	for reason, count := range counts {
		points = append(points, metricdata.DataPoint[int64]{Value: count, Attributes: attribute.NewSet(attribute.String("reason", reason))})
	}
	metadatatest.AssertEqualProcessorFrostglassValuesWithheld(t, h.telemetry, points, metricdatatest.IgnoreTimestamp())
}

// Scenario: no key; keys of another day; a wrong check value; good keys, and a clock that jumps a day ahead or back.
// Guarantees: the value goes and is counted each time, nothing is made of it without a key; where there is a key, a token is made and
// nothing is counted.
func TestFaultsOfKeysSuppressAndCount(t *testing.T) {
	good := issuedKeys(20783)
	for name, fault := range map[string]struct {
		keys string
		at   int64
	}{
		"no keys":                {"", today},
		"keys that are over":     {issuedKeys(20781), today},
		"keys of tomorrow":       {issuedKeys(20784), today},
		"a wrong check value":    {strings.Replace(good, `"check_value": "`, `"check_value": "0`, 1), today},
		"another's check value":  {strings.Replace(good, checkValueOf(good), checkValueOf(issuedKeys(20784)), 1), today},
		"a clock a day ahead":    {good, today + day + 2*3600},
		"a clock a day behind":   {good, today - day},
		"a clock without a date": {good, 0},
	} {
		t.Run(name, func(t *testing.T) {
			i := runIssued(t, fault.keys)
			for count := range int64(2) {
				assert.Equal(t, "[direct-id]", i.token(t, fault.at))
				assertWithheld(t, i.harness, map[string]int64{"no-key": count + 1})
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		i := runIssued(t, good)
		assert.Regexp(t, `^u_[a-z2-7]{32}$`, i.token(t, today))
		_, err := i.telemetry.GetMetric("otelcol_processor_frostglass_values_withheld")
		require.Error(t, err)
	})
}

// checkValueOf is the first check value of a document.
func checkValueOf(document string) string {
	_, rest, _ := strings.Cut(document, `"check_value": "`)
	return rest[:8]
}

// sealAndTokens adds a sealing key to the keys of a document.
func sealAndTokens(document string) string {
	public, check := secret("public"), secret("check of seals")
	mac := hmac.New(sha256.New, public)
	mac.Write([]byte("frostglass/check-value/v1\x00\x00\x00\x04seal"))
	mac.Write(binary.BigEndian.AppendUint32(nil, 0))
	mac.Write(check)
	return strings.Replace(document, `"keys": [`, fmt.Sprintf(`"keys": [{"name": "safe", "use": "seal", "check_secret": "%x",
		"epochs": [{"epoch": 0, "not_before": 0, "not_after": 9999999999, "check_value": "%x", "public": "%x"}]}, `,
		check, mac.Sum(nil)[:4], public), 1)
}

const allModes = "policy: test\nschema: 1\ndefault: keep\n" +
	"keys: {ids: {use: pseudonymize, from: issued, epoch: 24h, overlap: 2h}, safe: {use: seal, from: issued}}\n" +
	"treatments:\n  always: {pseudonymize: {key: ids, prefix: a}}\n  trace: {pseudonymize: {key: ids, prefix: d, mode: document}}\n" +
	"  never: {pseudonymize: {key: ids, prefix: f, mode: randomized}}\n  sealed: {seal: {key: safe}}\n" +
	"catalog: {always: {class: direct-id, treat: always}, trace: {class: direct-id, treat: trace}," +
	" never: {class: direct-id, treat: never}, sealed: {class: direct-id, treat: sealed}}\n"

// Scenario: the randomness that comes with a batch is nothing but zeros, good, the same again twice, and good once more.
// Guarantees: what needs it is suppressed and counted as long as it is bad, and nothing is raw; what needs none goes on.
func TestFaultsOfRandomnessSuppressAndCount(t *testing.T) {
	i := runIssued(t, sealAndTokens(issuedKeys(20783)), func(c *Config) { c.Policy, c.Instances = allModes, 1 })
	var now [32]byte
	i.random = func() [32]byte { return now }
	good, other := [32]byte{7}, [32]byte{8}
	withheld := int64(0)
	for _, batch := range []struct {
		random [32]byte
		well   bool
	}{{[32]byte{}, false}, {good, true}, {good, false}, {good, false}, {other, true}} {
		now = batch.random
		ld := logsOf(func(record plog.LogRecord) {
			for _, name := range []string{"always", "trace", "never", "sealed"} {
				record.Attributes().PutStr(name, "ann miller")
			}
		})
		treated, err := i.frostglass.logs(t.Context(), ld)
		require.NoError(t, err)
		left := firstRecord(treated).Attributes().AsRaw()
		assert.Regexp(t, `^a_[a-z2-7]{32}$`, left["always"])
		if batch.well {
			assert.Regexp(t, `^d_[a-z2-7]{32}$`, left["trace"])
			assert.Regexp(t, `^f_[a-z2-7]{32}$`, left["never"])
			assert.Regexp(t, `^sealed_[a-z2-7]+$`, left["sealed"])
		} else {
			assert.Len(t, left, 1)
			withheld += 3
		}
		assertWithheld(t, i.harness, map[string]int64{"no-random": withheld})
	}
}

// Scenario: a million distinct values in two hundred batches, half of them made tokens and half sealed, as the minutes go by.
// Guarantees: the module's memory is after the last batch what it was after the tenth, and below 16 MiB; nothing is withheld.
func TestAMillionValuesKeepMemoryBounded(t *testing.T) {
	const batches, records, most = 200, 2500, 16 << 20
	i := runIssued(t, sealAndTokens(issuedKeys(20783)), func(c *Config) { c.Policy, c.Instances = allModes, 1 })
	memory := func() uint32 {
		generation, guest, err := i.engine.current.take(t.Context())
		require.NoError(t, err)
		defer generation.give(t.Context(), guest, false)
		return guest.module.Memory().Size()
	}
	warm := uint32(0)
	seen := map[string]bool{}
	for number := range batches {
		i.clock.Store(today + int64(number))
		ld := plog.NewLogs()
		logs := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
		for at := range records {
			attributes := logs.AppendEmpty().Attributes()
			person := fmt.Sprintf("person%d@example.org", number*records+at)
			attributes.PutStr("always", person)
			attributes.PutStr("sealed", person)
		}
		treated, err := i.frostglass.logs(t.Context(), ld)
		require.NoError(t, err)
		attributes := firstRecord(treated).Attributes()
		token, _ := attributes.Get("always")
		sealed, _ := attributes.Get("sealed")
		assert.Regexp(t, `^a_`, token.Str())
		assert.Regexp(t, `^sealed_`, sealed.Str())
		seen[token.Str()] = true
		if number == 9 {
			warm = memory()
		}
	}
	assert.Len(t, seen, batches)
	assert.Equal(t, warm, memory())
	assert.LessOrEqual(t, warm, uint32(most))
	t.Logf("%d MiB", warm>>20)
}
