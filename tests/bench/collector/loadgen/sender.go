package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// sender sends requests over a fixed number of connections.
type sender struct {
	url    string
	conc   int
	client *http.Client
}

func newSender(url string, conc int) *sender {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: conc}, Timeout: 60 * time.Second}
	return &sender{url: url, conc: conc, client: client}
}

func (s *sender) send(b []byte) error {
	resp, err := s.client.Post(s.url, "application/x-protobuf", bytes.NewReader(b))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	msg, _ := io.ReadAll(resp.Body)
	if resp.StatusCode != 200 {
		return fmt.Errorf("status %d: %q", resp.StatusCode, msg)
	}
	return nil
}

// blast sends n requests, body after body.
func (s *sender) blast(bodies [][]byte, n int) {
	var wg sync.WaitGroup
	ch := make(chan int)
	for c := 0; c < s.conc; c++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := range ch {
				must(s.send(bodies[i%len(bodies)]))
			}
		}()
	}
	for i := 0; i < n; i++ {
		ch <- i
	}
	close(ch)
	wg.Wait()
}
