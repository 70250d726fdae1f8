package processor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sort"
	"strings"
	"time"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/config/configopaque"
)

// Words of on_withheld.
const (
	dropWithheld   = "drop"
	rejectWithheld = "reject"
)

// maxBatchBytes bounds max_batch_bytes: an instance's memory holds a batch, its edits and, for some metrics, their OTLP.
const maxBatchBytes = 64 << 20

// Config is the configuration of the processor.
type Config struct {
	// Policy is the policy itself: a mapping, or its text in YAML or JSON. `$` is written `$$`, as everywhere in a Collector's
	// configuration. Without it and without PolicyFile, the policy that is embedded in the module is in force.
	Policy any `mapstructure:"policy"`

	// PolicyFile is a file that holds the policy. It is watched: a change is in force within a second, without a restart.
	PolicyFile string `mapstructure:"policy_file"`

	// PolicyPollInterval is how often PolicyFile and KeysFile are read where their folders give no notice of changes. Zero means
	// never.
	PolicyPollInterval time.Duration `mapstructure:"policy_poll_interval"`

	// Recipient is who gets the telemetry of this pipeline: tokens differ between recipients. Empty means none.
	Recipient string `mapstructure:"recipient"`

	// Tenant is whose telemetry it is: tokens differ between tenants. Empty means none.
	Tenant string `mapstructure:"tenant"`

	// Keys are keys by the policy's names for them: at least 32 random bytes in hex or base64. A key that the policy names
	// and that stands neither here nor in KeyFiles is taken from the environment, FROSTGLASS_KEY_<NAME>.
	Keys map[string]configopaque.String `mapstructure:"keys"`

	// KeyFiles are files that hold one key each, by the policy's names.
	KeyFiles map[string]string `mapstructure:"key_files"`

	// KeysFile is a file that holds issued keys, as `frostglass keys issue` writes it. It is watched: a rotation is in force
	// within a second, without a restart. Its owner, and at most its group, may read it. Empty means none.
	KeysFile string `mapstructure:"keys_file"`

	// Module is the WebAssembly module to run.
	Module ModuleConfig `mapstructure:"module"`

	// OnWithheld is what becomes of a batch of which single records must be withheld: `drop` drops and counts them, `reject`
	// refuses the batch.
	OnWithheld string `mapstructure:"on_withheld"`

	// MaxBatchBytes bounds what a batch may hold. Larger ones are refused.
	MaxBatchBytes int `mapstructure:"max_batch_bytes"`

	// Instances is how many instances of the module work side by side. Zero means one per CPU.
	Instances int `mapstructure:"instances"`

	// prevent unkeyed literal initialization
	_ struct{}
}

// ModuleConfig says which module runs.
type ModuleConfig struct {
	// Path is the file of the module. Empty means the one that is built in.
	Path string `mapstructure:"path"`

	// SHA256 is the digest that the module must have, in hex. It must stand beside a path.
	SHA256 string `mapstructure:"sha256"`
}

var _ component.Config = (*Config)(nil)

func createDefaultConfig() component.Config {
	return &Config{
		PolicyPollInterval: 10 * time.Second,
		OnWithheld:         dropWithheld,
		MaxBatchBytes:      32 << 20,
	}
}

// Validate checks the configuration. Its errors name the key and never a value that may be secret.
func (c *Config) Validate() error {
	var errs []error
	fail := func(format string, parameters ...any) { errs = append(errs, fmt.Errorf(format, parameters...)) }
	if c.Policy != nil && c.PolicyFile != "" {
		fail("policy: stands beside policy_file: give one of the two")
	}
	if c.Policy != nil {
		if _, err := c.inlinePolicy(); err != nil {
			errs = append(errs, err)
		}
	}
	if c.PolicyPollInterval < 0 {
		fail("policy_poll_interval: is negative: give a duration such as 10s, or 0 for never")
	}
	for name := range c.Keys {
		if _, both := c.KeyFiles[name]; both {
			fail("keys::%s: stands in key_files, too: give one of the two", name)
		}
		if c.Keys[name] == "" {
			fail("keys::%s: is empty: is its environment variable set?", name)
		}
	}
	for name, path := range c.KeyFiles {
		if path == "" {
			fail("key_files::%s: is empty: give the path of a file", name)
		}
	}
	if c.Module.Path != "" && c.Module.SHA256 == "" {
		fail("module::sha256: is missing: a module from a file runs only if its digest is named (sha256sum prints it)")
	}
	if sha := c.Module.SHA256; sha != "" && (len(sha) != 64 || strings.Trim(strings.ToLower(sha), "0123456789abcdef") != "") {
		fail("module::sha256: is not 64 hexadecimal digits")
	}
	if c.OnWithheld != dropWithheld && c.OnWithheld != rejectWithheld {
		fail("on_withheld: takes %s or %s", dropWithheld, rejectWithheld)
	}
	if c.MaxBatchBytes < 1 || c.MaxBatchBytes > maxBatchBytes {
		fail("max_batch_bytes: takes a whole number from 1 to %d", maxBatchBytes)
	}
	if c.Instances < 0 || c.Instances > 256 {
		fail("instances: takes a whole number from 0 (one per CPU) to 256")
	}
	return errors.Join(errs...)
}

// inlinePolicy is the JSON of the policy that stands in the configuration.
func (c *Config) inlinePolicy() (string, error) {
	switch policy := c.Policy.(type) {
	case string:
		return policyJSON("policy", policy)
	case map[string]any:
		text, err := json.Marshal(policy)
		if err != nil {
			return "", errors.New("policy: holds a value that JSON cannot write")
		}
		return string(text), nil
	default:
		return "", errors.New("policy: takes a mapping, or text in YAML or JSON (`policy: |`)")
	}
}

// readPolicy gives the policy as the module reads it and what errors call it; none for the embedded one.
func (c *Config) readPolicy() (text *string, source string, err error) {
	switch {
	case c.PolicyFile != "":
		content, err := os.ReadFile(c.PolicyFile)
		if err != nil {
			return nil, "", fmt.Errorf("policy_file: %w", err)
		}
		policy, err := policyJSON(c.PolicyFile, string(content))
		return &policy, c.PolicyFile, err
	case c.Policy != nil:
		policy, err := c.inlinePolicy()
		return &policy, "policy", err
	default:
		return nil, "default.yaml", nil
	}
}

// readKeys gives the keys that were configured, and those of the environment.
func (c *Config) readKeys() (map[string]string, error) {
	const prefix = "FROSTGLASS_KEY_"
	keys := map[string]string{}
	for _, variable := range os.Environ() {
		if name, value, ok := strings.Cut(variable, "="); ok && strings.HasPrefix(name, prefix) {
			// A name of a policy has dashes where a variable has underscores; both are offered.
			lower := strings.ToLower(strings.TrimPrefix(name, prefix))
			keys[lower] = value
			keys[strings.ReplaceAll(lower, "_", "-")] = value
		}
	}
	for name, key := range c.Keys {
		keys[name] = string(key)
	}
	for name, path := range c.KeyFiles {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("key_files::%s: %w", name, err)
		}
		keys[name] = strings.TrimSpace(string(content))
	}
	return keys, nil
}

// maxKeysBytes is what the module reads of issued keys.
const maxKeysBytes = 1 << 20

// readIssued gives the document of issued keys. It is opened once, so that what is checked is what is read.
func (c *Config) readIssued() ([]byte, error) {
	file, err := os.Open(c.KeysFile)
	if err != nil {
		return nil, fmt.Errorf("keys_file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("keys_file: %w", err)
	}
	const others = 0o037 // a group may read it, as Kubernetes mounts secrets; nobody else, and none may write it
	if mode := info.Mode().Perm(); mode&others != 0 {
		return nil, fmt.Errorf("keys_file: %s: others may read or write it (mode %03o): run chmod 600, or defaultMode: 0440 of a Kubernetes secret",
			c.KeysFile, mode)
	}
	content, err := io.ReadAll(io.LimitReader(file, maxKeysBytes+1))
	if err != nil {
		return nil, fmt.Errorf("keys_file: %w", err)
	}
	if len(content) > maxKeysBytes {
		return nil, fmt.Errorf("keys_file: %s: larger than %d bytes", c.KeysFile, maxKeysBytes)
	}
	return content, nil
}

// identity tells which processors share an engine: those of one configuration.
func (c *Config) identity() string {
	policy, _ := json.Marshal(c.Policy)
	var keys []string
	for name, key := range c.Keys {
		keys = append(keys, "k"+name+"="+string(key))
	}
	for name, path := range c.KeyFiles {
		keys = append(keys, "f"+name+"="+path)
	}
	sort.Strings(keys)
	all, _ := json.Marshal([]any{
		string(policy), c.PolicyFile, c.PolicyPollInterval, c.Recipient, c.Tenant, keys, c.KeysFile, c.Module, c.OnWithheld,
		c.MaxBatchBytes, c.Instances,
	})
	return string(all)
}
