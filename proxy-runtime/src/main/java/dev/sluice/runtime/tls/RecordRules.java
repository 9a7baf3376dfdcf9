package dev.sluice.runtime.tls;

import java.util.List;

/**
 * Rules about the records of established connections. They keep nothing of the handshake: no certificate, no context.
 *
 * @param ciphers those of each event loop
 * @param timeoutNanos the most time for a record from its first byte to its last
 * @param resetsTruncated whether a stream that ends without close_notify counts as cut
 */
public record RecordRules(List<LoopCiphers> ciphers, long timeoutNanos, boolean resetsTruncated) {
    public RecordRules {
        ciphers = List.copyOf(ciphers);
    }
}
