package dev.sluice.filters.sniff;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;

/**
 * {@code config:} of a {@code sniff} filter.
 *
 * @param protocols that are looked for; the order does not matter, since no two of them begin alike
 * @param deadline how long a client may take to show its protocol, and TLS and HTTP/1 their names; what says nothing, because its server
 *     speaks first, waits so long for its connection
 * @param maxBytes that may be held to see it; a ClientHello has to fit with its records
 * @param unknown what becomes of the others
 */
public record SniffConfig(
        @ConfigDescription("The protocols to look for; mysql means that clients may wait for the server to speak first.") @ConfigDefault("[tls, http1, http2, ssh, postgresql, redis, mqtt, socks4, socks5, rdp, kafka]") List<Protocol> protocols,
        @ConfigDescription("How long a client may take to show its protocol, 10ms to 1m.") @ConfigDefault("1s") Duration deadline,
        @ConfigDescription("How many bytes may be held to see it, 1KiB to 64KiB.") @ConfigDefault("16KiB") ByteSize maxBytes,
        @ConfigDescription("What becomes of clients of other protocols.") @ConfigDefault("pass") Unknown unknown) {
    private static final String LABELS = Texts.labels(List.of(Protocol.values()));
    private static final Duration MIN_DEADLINE = Duration.ofMillis(10);
    private static final Duration MAX_DEADLINE = Duration.ofMinutes(1);
    private static final ByteSize MIN_BYTES = new ByteSize(1024);
    private static final ByteSize MAX_BYTES = new ByteSize(64 * 1024);

    public SniffConfig {
        protocols = List.copyOf(protocols);
        if (protocols.isEmpty()) {
            throw new ConfigException("protocols", "there is nothing to look for", "at least one of " + LABELS, null);
        }
        Set<Protocol> seen = EnumSet.noneOf(Protocol.class);
        for (int i = 0; i < protocols.size(); i++) {
            if (!seen.add(protocols.get(i))) {
                throw new ConfigException("protocols[" + i + "]", protocols.get(i).label() + " is listed twice", null,
                        null);
            }
        }
        if (deadline.compareTo(MIN_DEADLINE) < 0 || deadline.compareTo(MAX_DEADLINE) > 0) {
            throw new ConfigException("deadline", Texts.of(deadline) + " is out of range", "from "
                    + Texts.of(MIN_DEADLINE) + " to " + Texts.of(MAX_DEADLINE), null);
        }
        if (maxBytes.bytes() < MIN_BYTES.bytes() || maxBytes.bytes() > MAX_BYTES.bytes()) {
            throw new ConfigException("maxBytes", maxBytes + " is out of range", "from " + MIN_BYTES + " to "
                    + MAX_BYTES, null);
        }
    }
}
