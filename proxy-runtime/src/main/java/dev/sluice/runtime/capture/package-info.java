/**
 * Captures: copies of the bytes of chosen connections, as packets in a file that Wireshark opens.
 *
 * <p>While no capture runs, nothing here is loaded, and a connection keeps nothing for it. One that is captured has {@link
 * dev.sluice.runtime.capture.CapturedSocket} in the place of its sockets and, where TLS ends here, {@link
 * dev.sluice.runtime.capture.CapturedRecords} in the place of its record layers; both are taken off again when the capture is over.
 *
 * <p><b>Thread.</b> Sockets, record layers and legs belong to the loop of their connection. A {@link
 * dev.sluice.runtime.capture.Capture} takes what all loops report, and any thread reads it.
 *
 * <p><b>Ownership.</b> Events own a copy of their bytes. What waits to be read is bounded by {@link
 * dev.sluice.runtime.capture.Capture#MOST_WAITING}; more is dropped and counted, and no loop ever waits for a reader.
 *
 * <p><b>Failure.</b> A capture that is not read for {@link dev.sluice.runtime.capture.Capture#PATIENCE_NANOS} is over: its reader is gone.
 *
 * <p><b>Decisions.</b>
 * <ol>
 * <li>The sockets of captured connections are replaced by others that copy. A reference or a test in the code that moves bytes would have
 * been paid for by all connections.
 * <li>Packets are made up: the proxy sees streams. Each event of a stream is a segment with the true addresses, times and lengths, and with
 * sequence numbers counted from the first byte that was seen; what the kernel did with it on the wire is for tcpdump to show.
 * <li>Without permission for the payload no byte is copied: packets are cut behind their headers, as by a snapshot length. Lengths and
 * times remain, which is what most questions are about.
 * </ol>
 */
@NullMarked
package dev.sluice.runtime.capture;

import org.jspecify.annotations.NullMarked;
