package processor

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/plog"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/metric/metricdata/metricdatatest"

	"example.org/frostglass/collector-config/processor/internal/metadatatest"
)

const issuedPolicy = scanAll + "keys: {ids: {use: pseudonymize, from: issued, epoch: 24h, overlap: 2h}}\n" +
	"classes: {direct-id: {treat: token}}\ntreatments: {token: {pseudonymize: {key: ids, prefix: u}}}\n"

const day = 86400

// today is the first second of an epoch.
const today = 20783 * day

// secret is a key for tests alone.
func secret(label string) []byte {
	sum := sha256.Sum256([]byte(label))
	return sum[:]
}

// issuedKeys is a document of issued keys for these epochs, made as docs/reference/keys.md says.
func issuedKeys(epochs ...uint32) string {
	var all []string
	for _, epoch := range epochs {
		key, check := secret(fmt.Sprint("epoch ", epoch)), secret("check")
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("frostglass/check-value/v1\x00\x00\x00\x0cpseudonymize"))
		mac.Write(binary.BigEndian.AppendUint32(nil, epoch))
		mac.Write(check)
		all = append(all, fmt.Sprintf(`{"epoch": %d, "not_before": %d, "not_after": %d, "check_value": "%x", "key": "%x"}`,
			epoch, int64(epoch)*day, int64(epoch+1)*day+7200, mac.Sum(nil)[:4], key))
	}
	return fmt.Sprintf(`{"frostglass": "issued-keys", "version": 1, "issued": %d, "keys": [{"name": "ids", "use": "pseudonymize",
		"epoch_seconds": %d, "overlap_seconds": 7200, "check_secret": "%x", "epochs": [%s]}]}`,
		today, day, secret("check"), strings.Join(all, ", "))
}

// issuing runs a processor whose keys are in a file, and whose clock is set by hand.
type issuing struct {
	*harness
	file  string
	clock atomic.Int64
}

func runIssued(t *testing.T, document string, changes ...func(*Config)) *issuing {
	i := &issuing{file: filepath.Join(t.TempDir(), "issued.json")}
	if document != "" {
		i.issue(t, document)
	}
	i.harness = run(t, "logs", func(c *Config) {
		c.Policy = issuedPolicy
		c.KeysFile = i.file
		c.PolicyPollInterval = 20 * time.Millisecond
		for _, change := range changes {
			change(c)
		}
	})
	i.clock.Store(today)
	i.now = func() time.Time { return time.Unix(i.clock.Load(), 0) }
	return i
}

func (i *issuing) issue(t *testing.T, document string) {
	next := i.file + ".new"
	require.NoError(t, os.WriteFile(next, []byte(document), 0o600))
	require.NoError(t, os.Rename(next, i.file))
}

// token is what becomes of an address at a time.
func (i *issuing) token(t *testing.T, seconds int64) string {
	i.clock.Store(seconds)
	ld := logsOf(func(record plog.LogRecord) { record.Body().SetStr("ann@example.org") })
	treated, err := i.frostglass.logs(t.Context(), ld)
	require.NoError(t, err)
	return firstRecord(treated).Body().Str()
}

// said waits for a line of the log, and looks for keys in all lines.
func (i *issuing) said(t *testing.T, snippet string, times int) {
	require.Eventually(t, func() bool { return i.logs.FilterMessageSnippet(snippet).Len() >= times }, 10*time.Second, 5*time.Millisecond)
	for _, line := range i.logs.All() {
		text := fmt.Sprint(line.Message, line.ContextMap())
		for _, epoch := range []string{"epoch 20782", "epoch 20783", "epoch 20784", "epoch 20785"} {
			assert.NotContains(t, text, hex.EncodeToString(secret(epoch))[:16])
		}
	}
}

// Scenario: the clock walks through the epochs that were issued and jumps out of them, a day back and a day ahead.
// Guarantees: one token an epoch; outside of the epochs nothing but suppression, and never a token of an older one.
func TestIssuedKeysHoldForTheirEpoch(t *testing.T) {
	i := runIssued(t, issuedKeys(20783, 20784))
	i.said(t, "issued key in force", 2)
	first, second := i.token(t, today+day-1), i.token(t, today+day)
	assert.Regexp(t, `^u_[a-z2-7]{32}$`, first)
	assert.Regexp(t, `^u_[a-z2-7]{32}$`, second)
	assert.NotEqual(t, first, second)
	assert.Equal(t, first, i.token(t, today))
	assert.Equal(t, "[direct-id]", i.token(t, today-day))
	assert.Equal(t, "[direct-id]", i.token(t, today+2*day))
	assert.Equal(t, second, i.token(t, today+2*day-1))
}

// Scenario: two pipelines are at work while keys of the next epoch are issued, then of that one alone; in between a document with a
// wrong check value, one that everybody may read, none at all, and one of another version.
// Guarantees: no batch is lost; tokens change with the epoch and not with the document; what is refused is said and counted, and
// leaves the last good keys, which end when they end.
func TestRotationUnderLoad(t *testing.T) {
	i := runIssued(t, issuedKeys(20783))
	before := i.token(t, today+100)
	stop, working := make(chan struct{}), sync.WaitGroup{}
	var treated atomic.Int64
	seen := sync.Map{}
	for range 2 {
		working.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				ld := plog.NewLogs()
				records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
				for range 20 {
					records.AppendEmpty().Body().SetStr("ann@example.org")
				}
				if _, err := i.frostglass.logs(context.Background(), ld); !assert.NoError(t, err) {
					return
				}
				words := map[string]bool{}
				for _, record := range records.All() {
					words[record.Body().Str()] = true
					seen.Store(record.Body().Str(), true)
				}
				assert.Len(t, words, 1, "a payload falls into one epoch")
				treated.Add(1)
			}
		})
	}
	for range 3 {
		generation := i.engine.current.Load()
		i.issue(t, issuedKeys(20783, 20784))
		require.Eventually(t, func() bool { return i.engine.current.Load() != generation }, 10*time.Second, 5*time.Millisecond)
		generation = i.engine.current.Load()
		i.issue(t, issuedKeys(20783))
		require.Eventually(t, func() bool { return i.engine.current.Load() != generation }, 10*time.Second, 5*time.Millisecond)
	}
	i.issue(t, issuedKeys(20783, 20784))
	i.said(t, "policy in force", 8)
	generation := i.engine.current.Load()

	good := issuedKeys(20784)
	i.issue(t, strings.Replace(good, `"check_value": "`, `"check_value": "0`, 1))
	i.said(t, "keys are refused", 1)
	open := i.file + ".open"
	require.NoError(t, os.WriteFile(open, []byte(good), 0o600))
	require.NoError(t, os.Chmod(open, 0o644))
	require.NoError(t, os.Rename(open, i.file))
	i.said(t, "keys are refused", 2)
	require.NoError(t, os.Remove(i.file))
	i.said(t, "keys are refused", 3)
	i.issue(t, strings.Replace(good, `"version": 1`, `"version": 2`, 1))
	i.said(t, "keys are refused", 4)
	assert.Same(t, generation, i.engine.current.Load())

	i.clock.Store(today + day)
	count := treated.Load()
	require.Eventually(t, func() bool { return treated.Load() > count+10 }, 10*time.Second, 5*time.Millisecond)
	close(stop)
	working.Wait()
	after := i.token(t, today+day+100)
	assert.NotEqual(t, before, after)
	assert.Equal(t, "[direct-id]", i.token(t, today+2*day), "the last good keys end when they end")
	seen.Delete(before)
	seen.Delete(after)
	seen.Range(func(word, _ any) bool {
		t.Errorf("%v is no token of either epoch", word)
		return true
	})
	lines := i.logs.FilterMessageSnippet("keys are refused").All()
	require.Len(t, lines, 4)
	assert.Contains(t, lines[1].ContextMap()["reason"], "others may read or write it (mode 644)")
	assert.Contains(t, lines[3].ContextMap()["reason"], "version 2 is not known")
	metadatatest.AssertEqualProcessorFrostglassKeyReloads(t, i.harness.telemetry, []metricdata.DataPoint[int64]{
		{Value: 8, Attributes: attribute.NewSet(attribute.String("outcome", "taken"))},
		{Value: 4, Attributes: attribute.NewSet(attribute.String("outcome", "refused"))},
	}, metricdatatest.IgnoreTimestamp())
}

// Scenario: the processor starts before any keys were issued, and with a document that is damaged; then good ones come.
// Guarantees: it starts, suppresses what needs the key, and makes tokens as soon as it can.
func TestKeysComeLate(t *testing.T) {
	for name, document := range map[string]string{"none": "", "damaged": issuedKeys(20783)[:200]} {
		t.Run(name, func(t *testing.T) {
			i := runIssued(t, document)
			i.said(t, "the issued keys are refused", 1)
			assert.Equal(t, "[direct-id]", i.token(t, today))
			i.issue(t, issuedKeys(20783))
			i.said(t, "issued key in force", 1)
			assert.Regexp(t, `^u_`, i.token(t, today))
		})
	}
}
