package processor

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/plog"
)

// Scenario: one value in records of two traces and of none, under tokens that join inside one trace and under fresh ones.
// Guarantees: the tokens of a trace are those that tests/cases/treat-document.toml has from the specification; records
// without a trace join with nothing; fresh tokens never join.
func TestModes(t *testing.T) {
	config := createDefaultConfig().(*Config)
	config.Instances, config.Keys = 1, testKeys
	config.Policy = "policy: test\nschema: 1\ndefault: keep\nkeys: {ids: {use: pseudonymize, from: standalone}}\n" +
		"treatments:\n  trace: {pseudonymize: {key: ids, prefix: u, mode: document}}\n  never: {pseudonymize: {key: ids, prefix: f, mode: randomized}}\n" +
		"catalog: {user.id: {class: direct-id, treat: trace}, peer: {class: direct-id, treat: never}}\n"
	h := run(t, "logs", func(c *Config) { *c = *config })
	one := pcommon.TraceID{0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36}
	other := one
	other[15]++
	ld := plog.NewLogs()
	records := ld.ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords()
	for _, trace := range []pcommon.TraceID{one, other, one, {}, {}} {
		record := records.AppendEmpty()
		record.SetTraceID(trace)
		record.Attributes().PutStr("user.id", "ann")
		record.Attributes().PutStr("peer", "ann")
	}
	treated, err := h.frostglass.logs(t.Context(), ld)
	require.NoError(t, err)
	var users []string
	peers := map[string]bool{}
	for _, record := range treated.ResourceLogs().At(0).ScopeLogs().At(0).LogRecords().All() {
		user, _ := record.Attributes().Get("user.id")
		peer, _ := record.Attributes().Get("peer")
		users = append(users, user.Str())
		peers[peer.Str()] = true
		assert.Regexp(t, `^f_[a-z2-7]{32}$`, peer.Str())
	}
	assert.Equal(t, "u_caaaaafjsbqgjk2byukrqeshaj5jro23", users[0])
	assert.Equal(t, "u_caaaaafjpjgyxnxf2ekk4okz443c2pys", users[1])
	assert.Equal(t, users[0], users[2])
	assert.Regexp(t, `^u_[a-z2-7]{32}$`, users[3])
	assert.NotEqual(t, users[3], users[4])
	assert.Len(t, peers, 5)
}
