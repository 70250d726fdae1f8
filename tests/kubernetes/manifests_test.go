package kubernetes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/yaml"
)

var root = filepath.Join("..", "..")

// own are kinds whose Go types are the schema.
var own = map[string]func() any{
	"v1/Namespace": func() any { return &corev1.Namespace{} },
	"v1/ConfigMap": func() any { return &corev1.ConfigMap{} },
	"v1/Service":   func() any { return &corev1.Service{} },

	"apps/v1/Deployment": func() any { return &appsv1.Deployment{} },
}

// check tells what is wrong with one document.
func check(schemas Schemas, document []byte) (string, []string) {
	text, err := yaml.YAMLToJSONStrict(document)
	if err != nil {
		return "a document", []string{err.Error()}
	}
	// Kubernetes' reader, which knows whole numbers from others.
	var object map[string]any
	if err := utiljson.Unmarshal(text, &object); err != nil {
		return "a document", []string{err.Error()}
	}
	version, _ := object["apiVersion"].(string)
	kind, _ := object["kind"].(string)
	if into := own[version+"/"+kind]; into != nil {
		if err := yaml.UnmarshalStrict(document, into()); err != nil {
			return name(object), []string{err.Error()}
		}
		return name(object), nil
	}
	return name(object), schemas.Check(version+"/"+kind, object)
}

// Scenario: every manifest of this repository, as an API server with the published definitions would see it.
// Guarantees: no unknown field, no wrong type, no broken rule.
func TestManifestsFitThePublishedSchemas(t *testing.T) {
	schemas, err := Published()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, pattern := range []string{"collector-config/kubernetes/*.yaml", "envoy/gateway/*.yaml", "envoy/istio/*.yaml"} {
		files, _ := filepath.Glob(filepath.Join(root, pattern))
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			documents, err := Documents(text)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for _, document := range documents {
				name, wrong := check(schemas, document)
				for _, one := range wrong {
					t.Errorf("%s: %s: %s", file, name, one)
				}
				checked++
			}
		}
	}
	if checked < 20 {
		t.Fatalf("only %d documents found", checked)
	}
}

// Scenario: manifests with one mistake each: an unknown field, a wrong word, a broken rule.
// Guarantees: each is noticed, so that the test above means something.
func TestMistakesAreNoticed(t *testing.T) {
	schemas, err := Published()
	if err != nil {
		t.Fatal(err)
	}
	for want, document := range map[string]string{
		"unknown field spec.wasm[0].failOpenn": "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyExtensionPolicy\nmetadata: {name: x}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: x}], wasm: [{failOpenn: false, code: {type: Image, image: {url: x}}}]}",
		"image field needs to be set":          "apiVersion: gateway.envoyproxy.io/v1alpha1\nkind: EnvoyExtensionPolicy\nmetadata: {name: x}\nspec: {targetRefs: [{group: gateway.networking.k8s.io, kind: Gateway, name: x}], wasm: [{code: {type: Image}}]}",
		"Unsupported value":                    "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: x}\nspec: {configPatches: [{applyTo: HTTP_FILTERS}]}",
		"no published definition":              "apiVersion: networking.istio.io/v9\nkind: Gateway\nmetadata: {name: x}",
		`unknown field "replica"`:              "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {replica: 2}",
		`supported values: "daemonset"`:        "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: {name: x}\nspec: {mode: daemonsets}",
		"unknown field spec.configs":           "apiVersion: opentelemetry.io/v1beta1\nkind: OpenTelemetryCollector\nmetadata: {name: x}\nspec: {mode: daemonset, configs: {}}",
	} {
		if _, wrong := check(schemas, []byte(document)); !strings.Contains(strings.Join(wrong, "\n"), want) {
			t.Errorf("%q is not among %q", want, wrong)
		}
	}
}
