// Command go-sdk sends one span through the OpenTelemetry Go SDK, as a service in Go would.
//
// Usage: go-sdk http|grpc HOST:PORT. It ends with 1 when the exporter reports an error.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "go-sdk:", err)
		os.Exit(1)
	}
}

func run() error {
	if len(os.Args) != 3 {
		return errors.New("usage: go-sdk http|grpc HOST:PORT")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	exporter, err := exporter(ctx, os.Args[1], os.Args[2])
	if err != nil {
		return err
	}
	service := resource.NewSchemaless(attribute.String("service.name", "checkout"))
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter), trace.WithResource(service))
	_, span := provider.Tracer("shop").Start(ctx, "POST /checkout")
	span.SetAttributes(
		attribute.String("user.id", "ann"),
		attribute.String("http.request.method", "POST"),
		attribute.String("shop.note", "behind the door"),
	)
	span.RecordError(errors.New("no mailbox for ann@example.org"))
	span.End()
	if err := provider.ForceFlush(ctx); err != nil {
		return err
	}
	return provider.Shutdown(ctx)
}

func exporter(ctx context.Context, transport, address string) (*otlptrace.Exporter, error) {
	if transport == "grpc" {
		return otlptracegrpc.New(ctx, otlptracegrpc.WithEndpoint(address), otlptracegrpc.WithInsecure(),
			otlptracegrpc.WithCompressor("gzip"))
	}
	return otlptracehttp.New(ctx, otlptracehttp.WithEndpoint(address), otlptracehttp.WithInsecure(),
		otlptracehttp.WithCompression(otlptracehttp.GzipCompression))
}
