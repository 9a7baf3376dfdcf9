// Clients and upstream of the section `tls`: connections in TLS 1.3 to a proxy on 127.0.0.1, and the server behind it. All use one CPU-cheap
// group (X25519), never resume, and end with a reset, so that no port waits for its time to pass.
//
// Usage: tlsload certificate DIRECTORY                    a self-signed certificate: cert.pem, key.pem, and both in both.pem
//
//	tlsload upstream                                 a server; prints its port, ends with its standard input
//	tlsload handshakes PORT CALLERS MILLIS           connect, one byte there and back, reset; prints how many
//	tlsload requests PORT CONNECTIONS MILLIS BYTES   messages there and back; prints how many
//	tlsload download|upload PORT STREAMS MILLIS      prints bytes
//	tlsload idle PORT CONNECTIONS                    each has 16 KiB echoed and falls silent; prints "ready", ends with its standard input
//	tlsload slow PORT CONNECTIONS                    a byte of a ClientHello each second; prints "ready", and in the end the milliseconds
//	                                                 after which the first and the last of them were closed
//	tlsload partial PORT CONNECTIONS                 each sends 16,000 bytes of a record of 16 KiB, no more; prints "ready", and after 15 s how
//	                                                 many were closed, and the milliseconds after which the first was
//	tlsload live PORT CONNECTIONS MILLIS STORM [plain]       messages of 64 bytes, ten a second on each connection, during a storm: none, connects
//	                                                 (connections that are reset at once, as many as possible) or hellos (5,000 a second
//	                                                 that say ClientHello and no more). Prints microseconds (p50, p99, most), messages,
//	                                                 connections that were cut, connections of the storm
package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const (
	helloRate = 5_000
	liveEvery = 100 * time.Millisecond
)

var settings = &tls.Config{InsecureSkipVerify: true, ServerName: "localhost", MinVersion: tls.VersionTLS13,
	CurvePreferences: []tls.CurveID{tls.X25519}}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "tlsload:", err)
		os.Exit(1)
	}
}

func number(at int) int {
	if at >= len(os.Args) {
		must(fmt.Errorf("argument %d is missing; see the first lines of tlsload.go", at))
	}
	value, err := strconv.Atoi(os.Args[at])
	must(err)
	return value
}

func address() string { return "127.0.0.1:" + strconv.Itoa(number(2)) }

func dial() *net.TCPConn {
	raw, err := net.Dial("tcp", address())
	must(err)
	return raw.(*net.TCPConn)
}

func reset(raw net.Conn) {
	raw.(*net.TCPConn).SetLinger(0)
	raw.Close()
}

// each runs as many of these as are wanted until the time is over, and adds up what they return for each round.
func each(count int, millis int, begin func() (round func() int64, end func())) int64 {
	var sum int64
	var all sync.WaitGroup
	until := time.Now().Add(time.Duration(millis) * time.Millisecond)
	for i := 0; i < count; i++ {
		all.Add(1)
		go func() {
			defer all.Done()
			round, end := begin()
			for time.Now().Before(until) {
				atomic.AddInt64(&sum, round())
			}
			end()
		}()
	}
	all.Wait()
	return sum
}

func handshake(b []byte) (*net.TCPConn, *tls.Conn) {
	raw := dial()
	secure := tls.Client(raw, settings)
	_, err := secure.Write(b)
	must(err)
	return raw, secure
}

func handshakes() {
	fmt.Println(each(number(3), number(4), func() (func() int64, func()) {
		b := []byte{'x'}
		return func() int64 {
			raw, secure := handshake(b)
			_, err := io.ReadFull(secure, b)
			must(err)
			reset(raw)
			return 1
		}, func() {}
	}))
}

func requests() {
	size := number(5)
	fmt.Println(each(number(3), number(4), func() (func() int64, func()) {
		b := make([]byte, size)
		raw, secure := handshake(b)
		_, err := io.ReadFull(secure, b)
		must(err)
		return func() int64 {
			_, err := secure.Write(b)
			must(err)
			_, err = io.ReadFull(secure, b)
			must(err)
			return 1
		}, func() { reset(raw) }
	}))
}

func bulk(down bool) {
	fmt.Println(each(number(3), number(4), func() (func() int64, func()) {
		b := make([]byte, 65536)
		first := []byte{'U'}
		if down {
			first = []byte{'D'}
		}
		raw, secure := handshake(first)
		return func() int64 {
			var n int
			var err error
			if down {
				n, err = secure.Read(b)
			} else {
				n, err = secure.Write(b)
			}
			must(err)
			return int64(n)
		}, func() { reset(raw) }
	}))
}

// serve answers one connection: echo, or bytes without end after 'D', or none at all after 'U'.
func serve(c net.Conn) {
	defer c.Close()
	b := make([]byte, 65536)
	n, err := c.Read(b[:16384])
	for err == nil && b[0] == 'D' {
		_, err = c.Write(b)
	}
	for err == nil && b[0] == 'U' {
		_, err = c.Read(b)
	}
	for err == nil {
		if _, err = c.Write(b[:n]); err == nil {
			n, err = c.Read(b[:16384])
		}
	}
}

func upstream() {
	listening, err := net.Listen("tcp", "127.0.0.1:0")
	must(err)
	fmt.Println(listening.Addr().(*net.TCPAddr).Port)
	go func() {
		for {
			c, err := listening.Accept()
			must(err)
			go serve(c)
		}
	}()
	io.Copy(io.Discard, os.Stdin)
}

func idle() {
	b := make([]byte, 16384)
	var open []net.Conn
	for i := number(3); i > 0; i-- {
		raw, secure := handshake(b)
		_, err := io.ReadFull(secure, b)
		must(err)
		open = append(open, raw, secure)
	}
	fmt.Println("ready")
	io.Copy(io.Discard, os.Stdin)
	fmt.Println(len(open) / 2)
}

// hello is what a client says first.
func hello() []byte {
	here, there := net.Pipe()
	go tls.Client(here, settings).Handshake()
	b := make([]byte, 16384)
	n, err := there.Read(b)
	must(err)
	return b[:n]
}

func slow() {
	said := hello()
	var first, last int64
	var all sync.WaitGroup
	for i := number(3); i > 0; i-- {
		raw := dial()
		began := time.Now()
		all.Add(1)
		go func() {
			defer all.Done()
			go func() {
				for i := 0; i < len(said); i++ {
					if _, err := raw.Write(said[i : i+1]); err != nil {
						return
					}
					time.Sleep(time.Second)
				}
			}()
			raw.Read(make([]byte, 1))
			took := time.Since(began).Milliseconds()
			for now := atomic.LoadInt64(&last); took > now && !atomic.CompareAndSwapInt64(&last, now, took); now = atomic.LoadInt64(&last) {
			}
			atomic.CompareAndSwapInt64(&first, 0, took)
			raw.Close()
		}()
	}
	fmt.Println("ready")
	all.Wait()
	fmt.Println(first, last)
}

// cut is a connection that stops writing after so many bytes, without an error; negative = it writes everything.
type cut struct {
	*net.TCPConn
	left int
}

func (c *cut) Write(b []byte) (int, error) {
	some := b
	if c.left >= 0 && len(b) > c.left {
		some = b[:c.left]
	}
	if len(some) > 0 {
		if n, err := c.TCPConn.Write(some); err != nil {
			return n, err
		}
	}
	if c.left >= 0 {
		c.left -= len(some)
	}
	return len(b), nil
}

func partial() {
	b := make([]byte, 16384)
	closed := make(chan int64, number(3))
	for i := number(3); i > 0; i-- {
		raw := &cut{dial(), -1}
		// Static records: Go begins with small ones otherwise.
		own := settings.Clone()
		own.DynamicRecordSizingDisabled = true
		secure := tls.Client(raw, own)
		_, err := secure.Write(b[:1])
		must(err)
		_, err = io.ReadFull(secure, b[:1])
		must(err)
		began := time.Now()
		raw.left = 16000
		_, err = secure.Write(b)
		must(err)
		go func() {
			raw.Read(make([]byte, 1))
			closed <- time.Since(began).Milliseconds()
			raw.Close()
		}()
	}
	fmt.Println("ready")
	var first, count int64
	for end := time.After(15 * time.Second); ; count++ {
		select {
		case took := <-closed:
			if count == 0 || took < first {
				first = took
			}
		case <-end:
			fmt.Println(count, first)
			return
		}
	}
}

func connects(stop *atomic.Bool) (count int64) {
	for !stop.Load() {
		reset(dial())
		count++
	}
	return count
}

func hellos(stop *atomic.Bool) (count int64) {
	said := hello()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for began := time.Now(); !stop.Load(); <-tick.C {
		for due := int64(time.Since(began).Seconds() * helloRate); count < due; count++ {
			raw, err := net.Dial("tcp", address())
			if err != nil {
				continue
			}
			raw.Write(said)
			time.AfterFunc(100*time.Millisecond, func() { reset(raw) })
		}
	}
	return count
}

func live() {
	storms := map[string]func(*atomic.Bool) int64{"none": func(*atomic.Bool) int64 { return 0 }, "connects": connects, "hellos": hellos}
	storm := storms[os.Args[5]]
	var cut int64
	var mutex sync.Mutex
	var times []time.Duration
	var stop atomic.Bool
	stormed := make(chan int64)
	count, until := number(3), number(4)
	plain := len(os.Args) > 6 && os.Args[6] == "plain"
	var ready, all sync.WaitGroup
	ready.Add(count)
	all.Add(count)
	begin := make(chan struct{})
	for i := 0; i < count; i++ {
		go func(i int) {
			defer all.Done()
			b := make([]byte, 64)
			raw := dial()
			var c net.Conn = raw
			if !plain {
				c = tls.Client(raw, settings)
			}
			ask := func() bool {
				if _, err := c.Write(b); err != nil {
					return false
				}
				_, err := io.ReadFull(c, b)
				return err == nil
			}
			if !ask() {
				must(fmt.Errorf("connection %d was not served", i))
			}
			ready.Done()
			<-begin
			due := time.Now().Add(time.Duration(i) * liveEvery / time.Duration(count))
			end := time.Now().Add(time.Duration(until) * time.Millisecond)
			var own []time.Duration
			for ; due.Before(end); due = due.Add(liveEvery) {
				time.Sleep(time.Until(due))
				from := time.Now()
				if !ask() {
					atomic.AddInt64(&cut, 1)
					break
				}
				own = append(own, time.Since(from))
			}
			mutex.Lock()
			times = append(times, own...)
			mutex.Unlock()
			reset(raw)
		}(i)
	}
	ready.Wait()
	go func() { stormed <- storm(&stop) }()
	close(begin)
	all.Wait()
	stop.Store(true)
	sort.Slice(times, func(a, b int) bool { return times[a] < times[b] })
	at := func(percent int) int64 { return times[(len(times)-1)*percent/100].Microseconds() }
	fmt.Println(at(50), at(99), at(100), len(times), cut, <-stormed)
}

func certificate(directory string) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{SerialNumber: big.NewInt(time.Now().Unix()), Subject: pkix.Name{CommonName: "localhost"},
		DNSNames: []string{"localhost"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(48 * time.Hour)}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	must(os.WriteFile(filepath.Join(directory, "cert.pem"), cert, 0o644))
	must(os.WriteFile(filepath.Join(directory, "key.pem"), keyText, 0o600))
	must(os.WriteFile(filepath.Join(directory, "both.pem"), append(cert, keyText...), 0o600))
	fmt.Println("ready")
}

func main() {
	modes := map[string]func(){"upstream": upstream, "handshakes": handshakes, "requests": requests, "idle": idle, "slow": slow, "partial": partial,
		"live": live, "download": func() { bulk(true) }, "upload": func() { bulk(false) },
		"certificate": func() { certificate(os.Args[2]) }}
	if len(os.Args) < 2 || modes[os.Args[1]] == nil {
		must(fmt.Errorf("no such mode; see the first lines of tlsload.go"))
	}
	modes[os.Args[1]]()
}
