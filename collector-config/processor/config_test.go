package processor

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/component/componenttest"
	"go.opentelemetry.io/collector/config/configopaque"
	"go.opentelemetry.io/collector/confmap/confmaptest"

	"example.org/frostglass/collector-config/processor/internal/metadata"
)

func readConfig(t *testing.T, name string) *Config {
	t.Helper()
	all, err := confmaptest.LoadConf(filepath.Join("testdata", "config.yaml"))
	require.NoError(t, err)
	sub, err := all.Sub(component.NewIDWithName(metadata.Type, name).String())
	require.NoError(t, err)
	config := createDefaultConfig().(*Config)
	require.NoError(t, sub.Unmarshal(config))
	return config
}

// Scenario: a processor without a word of configuration, and one with every word.
// Guarantees: words arrive where they belong, and what is not said has the documented default.
func TestConfigIsRead(t *testing.T) {
	require.NoError(t, componenttest.CheckConfigStruct(createDefaultConfig()))
	assert.Equal(t, createDefaultConfig(), component.Config(readConfig(t, "")))
	all := readConfig(t, "file")
	require.NoError(t, all.Validate())
	assert.Equal(t, &Config{
		PolicyFile:         "/etc/frostglass/policy.yaml",
		PolicyPollInterval: 30 * time.Second,
		Recipient:          "vendor",
		Tenant:             "shop",
		Keys:               map[string]configopaque.String{"ids": "3f9c1de07ab25486c3d1e90f5b7a6248190d3ecfa4b87216e5d0c94f8a3b7162"},
		KeyFiles:           map[string]string{"safe": "/run/secrets/safe"},
		KeysFile:           "/run/frostglass/issued-keys.json",
		OnWithheld:         rejectWithheld,
		MaxBatchBytes:      1_000_000,
		Instances:          3,
	}, all)
}

// Scenario: one policy as text and as a mapping.
// Guarantees: the module reads the same policy.
func TestInlinePolicies(t *testing.T) {
	for _, name := range []string{"text", "mapping"} {
		config := readConfig(t, name)
		require.NoError(t, config.Validate())
		policy, err := config.inlinePolicy()
		require.NoError(t, err)
		assert.JSONEq(t, `{"policy": "inline", "schema": 1, "default": "scan"}`, policy)
	}
}

// Scenario: configurations with one mistake or several.
// Guarantees: each is refused by a message that begins with the key, and no message carries a secret.
func TestMistakesAreNamed(t *testing.T) {
	for name, wanted := range map[string][]string{
		"two_policies":          {"policy: stands beside policy_file"},
		"module_without_digest": {"module::sha256: is missing"},
		"short_digest":          {"module::sha256: is not 64 hexadecimal digits"},
		"on_withheld":           {"on_withheld: takes drop or reject"},
		"numbers":               {"max_batch_bytes: takes", "instances: takes", "policy_poll_interval: is negative"},
		"keys":                  {"keys::ids: is empty", "keys::both: stands in key_files, too"},
		"list":                  {"policy: takes a mapping, or text"},
	} {
		err := readConfig(t, name).Validate()
		require.Error(t, err, name)
		for _, part := range wanted {
			assert.ErrorContains(t, err, part, name)
		}
		assert.NotContains(t, err.Error(), "abc")
	}
}
