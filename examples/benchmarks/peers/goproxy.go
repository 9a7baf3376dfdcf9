// A TCP proxy as one writes it in Go, in the two ways that the essay "Goroutines, Nonblocking I/O, And Memory Usage" speaks of: two
// goroutines for a connection, and for each either a buffer for life (naive) or one byte for life and a pooled buffer while bytes move
// (one-byte). And as most write it, with io.Copy, which on Linux moves the bytes within the kernel (splice).
//
// Usage: goproxy naive|one-byte|splice LISTEN_PORT UPSTREAM_PORT REPORT_PORT
//
// Whoever connects to the report port gets the most bytes of buffers that were in use at once, in decimal.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
)

const bufferSize = 32 * 1024

// account counts the buffers in use.
type account struct{ now, peak atomic.Int64 }

func (a *account) take() {
	now := a.now.Add(1)
	for peak := a.peak.Load(); now > peak; peak = a.peak.Load() {
		if a.peak.CompareAndSwap(peak, now) {
			return
		}
	}
}

func (a *account) give() { a.now.Add(-1) }

var (
	inUse account
	pool  = sync.Pool{New: func() any { b := make([]byte, bufferSize); return &b }}
)

// naive has a buffer as long as the direction is open.
func naive(to, from *net.TCPConn) error {
	inUse.take()
	defer inUse.give()
	// Only Read and Write are shown to CopyBuffer: otherwise it would splice in the kernel, and never touch the buffer.
	_, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, make([]byte, bufferSize))
	return err
}

// oneByte waits with one byte, and borrows a buffer when that has been read.
func oneByte(to, from *net.TCPConn) error {
	raw, err := from.SyscallConn()
	if err != nil {
		return err
	}
	one := make([]byte, 1)
	for {
		if _, err := io.ReadFull(from, one); err != nil {
			if err == io.EOF {
				return nil
			}
			return err
		}
		if err := moveOn(to, raw, one[0]); err != nil {
			return err
		}
	}
}

// moveOn sends the first byte and what has arrived behind it.
func moveOn(to *net.TCPConn, raw syscall.RawConn, first byte) error {
	inUse.take()
	defer inUse.give()
	b := pool.Get().(*[]byte)
	defer pool.Put(b)
	(*b)[0] = first
	count := 1
	// The rest is read without waiting: after a message of one byte, a second from.Read would keep that byte, and the buffer, until the
	// next message. The end and errors are left for the next read of one byte to find.
	err := raw.Read(func(fd uintptr) bool {
		if n, failed := syscall.Read(int(fd), (*b)[1:]); failed == nil {
			count += n
		}
		return true
	})
	if err != nil {
		return err
	}
	_, err = to.Write((*b)[:count])
	return err
}

// splice leaves it to the library, whose pipes are not counted as buffers.
func splice(to, from *net.TCPConn) error {
	_, err := io.Copy(to, from)
	return err
}

// direction copies until the end, and passes the end on; what fails ends both directions.
func direction(copyAll func(to, from *net.TCPConn) error, to, from *net.TCPConn) {
	err := copyAll(to, from)
	if err == nil {
		err = to.CloseWrite()
	}
	if err != nil {
		to.Close()
		from.Close()
	}
}

func serve(copyAll func(to, from *net.TCPConn) error, client *net.TCPConn, upstream string) {
	defer client.Close()
	dialled, err := net.Dial("tcp", upstream)
	if err != nil {
		log.Print(err)
		return
	}
	server := dialled.(*net.TCPConn)
	defer server.Close()
	var both sync.WaitGroup
	both.Add(1)
	go func() {
		defer both.Done()
		direction(copyAll, server, client)
	}()
	direction(copyAll, client, server)
	both.Wait()
}

func listen(port string) *net.TCPListener {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		log.Fatal(err)
	}
	return listener.(*net.TCPListener)
}

func accept(listener *net.TCPListener) *net.TCPConn {
	client, err := listener.AcceptTCP()
	if err != nil {
		log.Fatal(err)
	}
	return client
}

func main() {
	ways := map[string]func(to, from *net.TCPConn) error{"naive": naive, "one-byte": oneByte, "splice": splice}
	if len(os.Args) != 5 || ways[os.Args[1]] == nil {
		log.Fatal("usage: goproxy naive|one-byte|splice LISTEN_PORT UPSTREAM_PORT REPORT_PORT")
	}
	reports := listen(os.Args[4])
	go func() {
		for {
			reader := accept(reports)
			fmt.Fprintln(reader, inUse.peak.Load()*bufferSize)
			reader.Close()
		}
	}()
	listener := listen(os.Args[2])
	for {
		go serve(ways[os.Args[1]], accept(listener), "127.0.0.1:"+os.Args[3])
	}
}
