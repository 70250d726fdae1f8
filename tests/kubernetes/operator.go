package kubernetes

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// openTelemetryCollector is as much of the Operator's API opentelemetry.io/v1beta1 as our manifests use, written down from its
// published description, since its Go module could not be had. What is Kubernetes' own inside is the published type. A field that
// is not here is an error, be it wrong or merely new to us.
type openTelemetryCollector struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`
	Spec              struct {
		Mode                mode                           `json:"mode"`
		Replicas            *int32                         `json:"replicas"`
		Image               string                         `json:"image"`
		Env                 []corev1.EnvVar                `json:"env"`
		Resources           corev1.ResourceRequirements    `json:"resources"`
		SecurityContext     *corev1.SecurityContext        `json:"securityContext"`
		PodSecurityContext  *corev1.PodSecurityContext     `json:"podSecurityContext"`
		Volumes             []corev1.Volume                `json:"volumes"`
		VolumeMounts        []corev1.VolumeMount           `json:"volumeMounts"`
		VolumeClaims        []corev1.PersistentVolumeClaim `json:"volumeClaimTemplates"`
		Tolerations         []corev1.Toleration            `json:"tolerations"`
		PodDisruptionBudget *struct {
			MinAvailable   *intstr.IntOrString `json:"minAvailable"`
			MaxUnavailable *intstr.IntOrString `json:"maxUnavailable"`
		} `json:"podDisruptionBudget"`
		// Config is a Collector's configuration; the Collector itself validates it.
		Config struct {
			Receivers  map[string]any `json:"receivers"`
			Processors map[string]any `json:"processors"`
			Exporters  map[string]any `json:"exporters"`
			Connectors map[string]any `json:"connectors"`
			Extensions map[string]any `json:"extensions"`
			Service    struct {
				Extensions []string       `json:"extensions"`
				Telemetry  map[string]any `json:"telemetry"`
				Pipelines  map[string]struct {
					Receivers  []string `json:"receivers"`
					Processors []string `json:"processors"`
					Exporters  []string `json:"exporters"`
				} `json:"pipelines"`
			} `json:"service"`
		} `json:"config"`
	} `json:"spec"`
}

// mode is how the Operator runs a Collector.
type mode string

// UnmarshalJSON takes the words that the API lists.
func (m *mode) UnmarshalJSON(text []byte) error {
	switch string(text) {
	case `"daemonset"`, `"deployment"`, `"statefulset"`, `"sidecar"`:
		*m = mode(text)
		return nil
	}
	return errMode
}

var errMode = errors.New("mode: neither daemonset, deployment, statefulset nor sidecar")
