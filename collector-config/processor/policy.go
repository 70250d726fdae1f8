package processor

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxPolicyBytes is what the module reads of a policy.
const maxPolicyBytes = 1 << 20

// maxPolicyDepth is the nesting that the module reads.
const maxPolicyDepth = 32

// policyJSON gives a policy as the module reads it: JSON in which everything stands on the line where the user wrote it,
// so that the module's errors name lines of the user's file. JSON comes out as it went in.
//
// The module types scalars by where they stand. So that it can, a scalar that YAML readers take for different things is
// refused here unless it is quoted, as the frostglass command does (docs/rationale/policy-scalars.md).
func policyJSON(source, text string) (string, error) {
	if len(text) > maxPolicyBytes {
		return "", fmt.Errorf("%s: larger than %d bytes", source, maxPolicyBytes)
	}
	if trimmed := strings.TrimLeft(text, " \t\r\n\ufeff"); strings.HasPrefix(trimmed, "{") {
		return text, nil
	}
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var document yaml.Node
	if err := decoder.Decode(&document); err != nil {
		if errors.Is(err, io.EOF) {
			return "", fmt.Errorf("%s: is empty: a policy begins with `policy:` and its name", source)
		}
		return "", fmt.Errorf("%s: not YAML: %s", source, yamlProblem(err))
	}
	w := policyWriter{source: source, line: 1}
	if err := w.node(document.Content[0], 0); err != nil {
		return "", err
	}
	var second yaml.Node
	if err := decoder.Decode(&second); !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("%s: a second document begins: a policy is one document", source)
	}
	return w.out.String(), nil
}

// yamlProblem is the first line of a YAML error, which names the line and never a value.
func yamlProblem(err error) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), "\n")
	return first
}

type policyWriter struct {
	source string
	out    strings.Builder
	line   int
}

func (w *policyWriter) refuse(n *yaml.Node, what, todo string) error {
	return fmt.Errorf("%s:%d:%d: %s: %s", w.source, n.Line, n.Column, what, todo)
}

// place goes to the line of what is written next.
func (w *policyWriter) place(n *yaml.Node) {
	for w.line < n.Line {
		w.out.WriteByte('\n')
		w.line++
	}
}

func (w *policyWriter) node(n *yaml.Node, depth int) error {
	switch {
	case depth > maxPolicyDepth:
		return w.refuse(n, fmt.Sprintf("nests deeper than %d", maxPolicyDepth), "say it with less nesting")
	case n.Anchor != "":
		return w.refuse(n, "an anchor (`&`) is not allowed", "write the value where it is needed")
	case n.Style&yaml.TaggedStyle != 0:
		return w.refuse(n, "a tag (`!`) is not allowed", "quote the value if it begins with `!`")
	}
	w.place(n)
	switch n.Kind {
	case yaml.ScalarNode:
		return w.scalar(n)
	case yaml.SequenceNode:
		w.out.WriteByte('[')
		for i, item := range n.Content {
			if i > 0 {
				w.out.WriteByte(',')
			}
			if err := w.node(item, depth+1); err != nil {
				return err
			}
		}
		w.out.WriteByte(']')
		return nil
	case yaml.MappingNode:
		return w.mapping(n, depth)
	default:
		return w.refuse(n, "an alias (`*`) is not allowed", "write the value, or quote it if it begins with `*`")
	}
}

func (w *policyWriter) mapping(n *yaml.Node, depth int) error {
	w.out.WriteByte('{')
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0:
			return w.refuse(key, "a key that is not a single word", "write a plain or quoted key")
		case plain(key) && key.Value == "<<":
			return w.refuse(key, "a merge key (`<<`) is not allowed", "write the members where they are needed")
		case plain(key) && (key.Value == "true" || key.Value == "false" || retyped(key.Value)):
			return w.ambiguous(key)
		case seen[key.Value]:
			return w.refuse(key, "a key stands twice", "remove one of the two")
		}
		seen[key.Value] = true
		if i > 0 {
			w.out.WriteByte(',')
		}
		w.place(key)
		w.text(key.Value)
		w.out.WriteByte(':')
		if err := w.node(value, depth+1); err != nil {
			return err
		}
	}
	w.out.WriteByte('}')
	return nil
}

func plain(n *yaml.Node) bool {
	return n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

var (
	jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)
	// What YAML 1.1 and the core schema of YAML 1.2 take for something else than text, with what common readers add.
	otherWord   = regexp.MustCompile(`^(y|Y|n|N|yes|Yes|YES|no|No|NO|True|TRUE|False|FALSE|on|On|ON|off|Off|OFF|=|<<)$`)
	otherNumber = regexp.MustCompile(`^[+-]?(\.(inf|Inf|INF)|0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+` +
		`|[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?|([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9_]*[0-9][0-9_]*)([eE][+-]?[0-9]+)?)$|^\.(nan|NaN|NAN)$`)
	otherDate = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t]+[0-9].*)?$`)
)

// retyped tells whether some YAML reader would write an unquoted scalar differently.
func retyped(text string) bool {
	return otherWord.MatchString(text) || otherNumber.MatchString(text) || otherDate.MatchString(text)
}

func (w *policyWriter) ambiguous(n *yaml.Node) error {
	return w.refuse(n, "some YAML tools take this for something else than text", "write it in quotes")
}

func (w *policyWriter) scalar(n *yaml.Node) error {
	switch {
	case !plain(n):
		w.text(n.Value)
	case n.Value == "" || n.Value == "~" || n.Value == "null" || n.Value == "Null" || n.Value == "NULL":
		w.out.WriteString("null")
	case n.Value == "true" || n.Value == "false" || jsonNumber.MatchString(n.Value):
		w.out.WriteString(n.Value)
	case retyped(n.Value):
		return w.ambiguous(n)
	default:
		w.text(n.Value)
	}
	return nil
}

// text writes a string. Its line ends are escaped, so that lines stay where they are.
func (w *policyWriter) text(s string) {
	quoted, err := json.Marshal(s)
	if err != nil { // strings always marshal
		quoted = []byte(`""`)
	}
	w.out.Write(quoted)
}
