package dev.sluice.runtime.observe;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

import dev.sluice.api.CloseReason;
import dev.sluice.api.Direction;

/**
 * The counters of one listener, summed over the loops.
 *
 * @param active connections accepted and not yet closed
 * @param accepted connections accepted so far
 * @param proxied connections that reached an endpoint so far
 * @param failed connections that ended without having reached an endpoint so far
 * @param acceptErrors accepts that the operating system refused so far
 * @param bytes as {@link ListenerCounters#byteCount} counts them, so far, per direction; has every direction
 * @param closed connections closed so far, per reason; has every reason
 * @param headers results of waiting for a PROXY header so far; has every result
 * @param handshakes results of TLS handshakes so far; has every result
 * @param tls times of those that have succeeded, and the connections after them
 */
public record ListenerTotals(
        long active,
        long accepted,
        long proxied,
        long failed,
        long acceptErrors,
        Map<Direction, Long> bytes,
        Map<CloseReason, Long> closed,
        Map<HeaderResult, Long> headers,
        Map<HandshakeResult, Long> handshakes,
        TlsTotals tls) {

    /** The sum of these and others. */
    public ListenerTotals plus(ListenerTotals other) {
        Map<Direction, Long> allBytes = new EnumMap<>(bytes);
        other.bytes.forEach((direction, n) -> allBytes.merge(direction, n, Long::sum));
        Map<CloseReason, Long> allClosed = new EnumMap<>(closed);
        other.closed.forEach((reason, n) -> allClosed.merge(reason, n, Long::sum));
        Map<HeaderResult, Long> allHeaders = new EnumMap<>(headers);
        other.headers.forEach((result, n) -> allHeaders.merge(result, n, Long::sum));
        Map<HandshakeResult, Long> allHandshakes = new EnumMap<>(handshakes);
        other.handshakes.forEach((result, n) -> allHandshakes.merge(result, n, Long::sum));
        return new ListenerTotals(active + other.active, accepted + other.accepted, proxied + other.proxied,
                failed + other.failed, acceptErrors + other.acceptErrors, Collections.unmodifiableMap(allBytes),
                Collections.unmodifiableMap(allClosed), Collections.unmodifiableMap(allHeaders),
                Collections.unmodifiableMap(allHandshakes), tls.plus(other.tls));
    }

    /** The sum, from any thread. The parts are read one after the other, not at one instant. */
    public static ListenerTotals sum(Collection<ListenerCounters> parts) {
        long active = 0;
        long accepted = 0;
        long proxied = 0;
        long failed = 0;
        long acceptErrors = 0;
        Map<Direction, Long> bytes = new EnumMap<>(Direction.class);
        Map<CloseReason, Long> closed = new EnumMap<>(CloseReason.class);
        for (Direction direction : Direction.values()) {
            bytes.put(direction, 0L);
        }
        for (CloseReason reason : CloseReason.values()) {
            closed.put(reason, 0L);
        }
        Map<HeaderResult, Long> headers = new EnumMap<>(HeaderResult.class);
        for (HeaderResult result : HeaderResult.values()) {
            headers.put(result, 0L);
        }
        Map<HandshakeResult, Long> handshakes = new EnumMap<>(HandshakeResult.class);
        for (HandshakeResult result : HandshakeResult.values()) {
            handshakes.put(result, 0L);
        }
        for (ListenerCounters part : parts) {
            active += part.active();
            accepted += part.acceptedCount();
            proxied += part.proxiedCount();
            failed += part.failedCount();
            acceptErrors += part.acceptErrorCount();
            bytes.replaceAll((direction, n) -> n + part.byteCount(direction));
            closed.replaceAll((reason, n) -> n + part.closedCount(reason));
            headers.replaceAll((result, n) -> n + part.headerCount(result));
            handshakes.replaceAll((result, n) -> n + part.handshakeCount(result));
        }
        return new ListenerTotals(
                active,
                accepted,
                proxied,
                failed,
                acceptErrors,
                Collections.unmodifiableMap(bytes),
                Collections.unmodifiableMap(closed),
                Collections.unmodifiableMap(headers),
                Collections.unmodifiableMap(handshakes),
                TlsTotals.sum(parts));
    }
}
