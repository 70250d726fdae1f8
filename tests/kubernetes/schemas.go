// Package kubernetes checks our manifests against the schemas that their projects publish, as an API server would.
//
// A custom resource is checked with the definition shipped in its project's Go module: unknown fields, types, enumerations,
// patterns and the rules in CEL. What is Kubernetes' own is decoded strictly into its Go types. It knows nothing of what the
// manifests are for.
package kubernetes

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	schemacel "k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// published is where definitions come from: a module at a version, and files in it.
var published = []struct{ module, files string }{
	{"github.com/envoyproxy/gateway@v1.9.1", "charts/gateway-helm/charts/crds/crds/generated/*.yaml"},
	{"sigs.k8s.io/gateway-api@v1.6.3", "config/crd/standard/*.yaml"},
	{"istio.io/api@v1.32.0", "kubernetes/customresourcedefinitions.gen.yaml"},
	// Not the newest of the Operator, but the newest that could be had; its v1beta1 is what the manifests ask for.
	{"github.com/open-telemetry/opentelemetry-operator@v0.141.0", "config/crd/bases/opentelemetry.io_opentelemetrycollectors.yaml"},
}

// Schemas are definitions by "group/version/kind".
type Schemas map[string]*apiextensions.JSONSchemaProps

// Published fetches the definitions. The Go command verifies the modules' checksums.
func Published() (Schemas, error) {
	schemas := Schemas{}
	for _, source := range published {
		folder, err := download(source.module)
		if err != nil {
			return nil, err
		}
		files, err := filepath.Glob(filepath.Join(folder, source.files))
		if err != nil || len(files) == 0 {
			return nil, fmt.Errorf("%s: holds no %s", source.module, source.files)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			if err := schemas.add(text); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
		}
	}
	return schemas, nil
}

func download(module string) (string, error) {
	command := exec.Command("go", "mod", "download", "-json", module)
	command.Stderr = os.Stderr
	said, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w: %s", module, err, said)
	}
	var answer struct{ Dir string }
	return answer.Dir, json.Unmarshal(said, &answer)
}

func (s Schemas) add(text []byte) error {
	documents, err := Documents(text)
	if err != nil {
		return err
	}
	for _, document := range documents {
		var definition apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(document, &definition); err != nil || definition.Kind != "CustomResourceDefinition" {
			continue
		}
		for _, version := range definition.Spec.Versions {
			internal := &apiextensions.JSONSchemaProps{}
			schema := version.Schema.OpenAPIV3Schema
			if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(schema, internal, nil); err != nil {
				return err
			}
			s[definition.Spec.Group+"/"+version.Name+"/"+definition.Spec.Names.Kind] = internal
		}
	}
	return nil
}

// Documents are the parts of a YAML file, without empty ones.
func Documents(text []byte) ([][]byte, error) {
	var found [][]byte
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text)))
	for {
		document, err := reader.Read()
		if err == io.EOF {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		// Strict: a key that stands twice is an error.
		parsed, err := yaml.YAMLToJSONStrict(document)
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(parsed, []byte("null")) {
			found = append(found, document)
		}
	}
}

// Check tells what an API server would refuse or silently drop of an object.
func (s Schemas) Check(kind string, object map[string]any) []string {
	schema := s[kind]
	if schema == nil {
		return []string{"no published definition of " + kind}
	}
	structural, err := structuralschema.NewStructural(schema)
	if err != nil {
		return []string{err.Error()}
	}
	// Rules are written for objects with their defaults in.
	defaulting.Default(object, structural)
	var wrong []string
	options := structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	for _, path := range pruning.PruneWithOptions(object, structural, true, options) {
		wrong = append(wrong, "unknown field "+path)
	}
	validator, _, err := validation.NewSchemaValidator(schema)
	if err != nil {
		return append(wrong, err.Error())
	}
	for _, err := range validation.ValidateCustomResource(nil, object, validator) {
		wrong = append(wrong, err.Error())
	}
	rules := schemacel.NewValidator(structural, true, celconfig.PerCallLimit)
	broken, _ := rules.Validate(context.Background(), (*field.Path)(nil), structural, object, nil, celconfig.RuntimeCELCostBudget)
	for _, err := range broken {
		wrong = append(wrong, err.Error())
	}
	return wrong
}

// name is what an error calls an object.
func name(object map[string]any) string {
	metadata, _ := object["metadata"].(map[string]any)
	return strings.TrimSpace(fmt.Sprint(object["kind"], " ", metadata["name"]))
}
