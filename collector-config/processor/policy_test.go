package processor

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Scenario: a policy with comments, blocks, quotes and flow style.
// Guarantees: JSON of the same meaning, in which everything stands on its line.
func TestPolicyKeepsItsLines(t *testing.T) {
	text := `# a comment
policy: shop
schema: 1

detectors:
  order-no:
    pattern: 'ORD-\d{8}'
    near: [order, "no"]
classes:
  direct-id: {treat: suppress, force: true}
catalog:
  note: >
    folded
    text
  last: ""
`
	converted, err := policyJSON("policy.yaml", text)
	require.NoError(t, err)
	assert.JSONEq(t, `{"policy": "shop", "schema": 1, "detectors": {"order-no": {"pattern": "ORD-\\d{8}", "near": ["order", "no"]}},
		"classes": {"direct-id": {"treat": "suppress", "force": true}}, "catalog": {"note": "folded text\n", "last": ""}}`, converted)
	lines := strings.Split(converted, "\n")
	assert.Contains(t, lines[6], "pattern")
	assert.Contains(t, lines[9], "direct-id")
	assert.Contains(t, lines[14], "last")
}

// Scenario: JSON.
// Guarantees: it stays as it is, for the module to judge.
func TestJSONStaysAsItIs(t *testing.T) {
	text := "\n {\"policy\": \"a\", \"policy\": \"b\"}"
	converted, err := policyJSON("policy.json", text)
	require.NoError(t, err)
	assert.Equal(t, text, converted)
}

// Scenario: what the policy's strict YAML leaves out.
// Guarantees: refused with file, line and what to do; no message holds the text of a value.
func TestStrictYAML(t *testing.T) {
	for text, wanted := range map[string]string{
		"policy: &p shop\nschema: *p": "policy.yaml:1:9: an anchor",
		"a: *nothing":                 "policy.yaml: not YAML",
		"policy: !str shop":           "policy.yaml:1:9: a tag",
		"a: 1\na: 2":                  "policy.yaml:2:1: a key stands twice",
		"<<: {a: 1}":                  "policy.yaml:1:1: a merge key",
		"? [a]\n: 1":                  "policy.yaml:1:3: a key that is not a single word",
		"a: 1\n---\nb: 2":             "policy.yaml: a second document begins",
		"":                            "policy.yaml: is empty",
		"a: [":                        "policy.yaml: not YAML",
		"a: no":                       "policy.yaml:1:4: some YAML tools take this for something else than text: write it in quotes",
		"yes: a":                      "policy.yaml:1:1: some YAML tools",
		strings.Repeat("[", 40) + "a" + strings.Repeat("]", 40): "nests deeper than 32",
	} {
		_, err := policyJSON("policy.yaml", text)
		require.ErrorContains(t, err, wanted, text)
	}
	_, err := policyJSON("policy.yaml", strings.Repeat("a", maxPolicyBytes+1))
	require.ErrorContains(t, err, "larger than")
}

// Scenario: every scalar on which five converters were tried.
// Guarantees: one that any of them writes as something else than its text never becomes text here.
func TestNoScalarIsTakenForTextThatOthersRetype(t *testing.T) {
	content, err := os.ReadFile(filepath.Join("..", "..", "filter", "engine", "tests", "data", "converters.json"))
	require.NoError(t, err)
	var tried struct {
		Scalars [][]json.RawMessage `json:"scalars"`
	}
	require.NoError(t, json.Unmarshal(content, &tried))
	require.NotEmpty(t, tried.Scalars)
	texts := 0
	for _, entry := range tried.Scalars {
		var scalar string
		var results []string
		require.NoError(t, json.Unmarshal(entry[0], &scalar))
		require.NoError(t, json.Unmarshal(entry[1], &results))
		unmistakable := true
		for _, result := range results {
			var text *string
			// A reader that loses the word writes null, which the module refuses.
			unmistakable = unmistakable && json.Unmarshal([]byte(result), &text) == nil && (text == nil || *text == scalar)
		}
		converted, err := policyJSON("policy.yaml", "a: "+scalar)
		if err != nil {
			continue
		}
		var document struct{ A json.RawMessage }
		require.NoError(t, json.Unmarshal([]byte(converted), &document), scalar)
		if strings.HasPrefix(string(document.A), `"`) {
			texts++
			assert.True(t, unmistakable || strings.ContainsAny(scalar[:1], `"'|>`), "%q became text", scalar)
		}
	}
	assert.Greater(t, texts, 10)
}
