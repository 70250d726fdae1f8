// Package processor treats sensitive data in a Collector by a Frostglass policy.
//
// It is thin: it shows the fields of a batch to the Frostglass module in columns and applies the edits that come back. What
// happens to a field is decided in the module, which is the very one that runs in Envoy.
package processor

//go:generate mdatagen metadata.yaml
