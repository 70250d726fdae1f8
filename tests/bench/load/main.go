// Command load sends prebuilt OTLP/HTTP requests over loopback, and takes them in as the upstream.
//
//	load sink                                    answers every request; prints its address first
//	load send -target URL -requests N FILE...    sends the files in turn; prints one line of JSON
//
// It is the part of the benchmark that must cost little itself; what it measures of others is measured by bench.py.
package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: load sink | load send -target URL -requests N FILE..."))
	}
	switch os.Args[1] {
	case "sink":
		sink()
	case "send":
		send(os.Args[2:])
	default:
		fail(fmt.Errorf("unknown command %q", os.Args[1]))
	}
}

func sink() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fail(err)
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	fail(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		w.Header().Set("content-type", "application/x-protobuf")
		w.Header().Set("x-received", fmt.Sprint(n))
	})))
}

func send(arguments []string) {
	flags := flag.NewFlagSet("send", flag.ExitOnError)
	target := flags.String("target", "", "URL to post to")
	requests := flags.Int("requests", 1000, "how many requests")
	connections := flags.Int("connections", 4, "how many at a time")
	fail(flags.Parse(arguments))
	var bodies [][]byte
	for _, path := range flags.Args() {
		body, err := os.ReadFile(path)
		fail(err)
		bodies = append(bodies, body)
	}
	if len(bodies) == 0 {
		fail(fmt.Errorf("no files to send"))
	}
	client := &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: *connections, DisableCompression: true},
		Timeout:   30 * time.Second,
	}
	var next, failed, received atomic.Int64
	var workers sync.WaitGroup
	start := time.Now()
	for range *connections {
		workers.Go(func() {
			for {
				at := next.Add(1) - 1
				if at >= int64(*requests) {
					return
				}
				response, err := client.Post(*target, "application/x-protobuf", bytes.NewReader(bodies[at%int64(len(bodies))]))
				if err != nil {
					failed.Add(1)
					continue
				}
				_, err = io.Copy(io.Discard, response.Body)
				_ = response.Body.Close()
				if err != nil || response.StatusCode != http.StatusOK {
					failed.Add(1)
				}
				var size int64
				_, _ = fmt.Sscan(response.Header.Get("x-received"), &size)
				received.Add(size)
			}
		})
	}
	workers.Wait()
	fail(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"seconds": time.Since(start).Seconds(), "failed": failed.Load(), "received": received.Load(),
	}))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}
