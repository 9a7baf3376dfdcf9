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
 * @param silence how long a client may say nothing: perhaps it waits for its server to speak first
 * @param deadline how long a client that has begun may take to show its protocol, and TLS and HTTP/1 their names, from its first byte
 * @param maxBytes that may be held to see it; a ClientHello has to fit with its records
 * @param unknown the verdict on the others
 * @param invalidName the verdict on TLS clients that ask for what is no name
 */
public record SniffConfig(
        @ConfigDescription("The protocols to look for; mysql means that clients may wait for the server to speak first.") @ConfigDefault("[tls, http1, http2, ssh, postgresql, redis, mqtt, socks4, socks5, rdp, kafka]") List<Protocol> protocols,
        @ConfigDescription("How long a client may send nothing, 10ms to 1m.") @ConfigDefault("1s") Duration silence,
        @ConfigDescription("How long a client may take to show its protocol, from its first byte, 10ms to 1m.") @ConfigDefault("5s") Duration deadline,
        @ConfigDescription("How many bytes may be held to see it, 1KiB to 64KiB.") @ConfigDefault("16KiB") ByteSize maxBytes,
        @ConfigDescription("What becomes of clients of other protocols.") @ConfigDefault("pass") Unknown unknown,
        @ConfigDescription("What becomes of TLS clients whose server name is none of DNS, such as host:443 or an address.") @ConfigDefault("ignore") InvalidName invalidName) {
    private static final String LABELS = Texts.labels(List.of(Protocol.values()));
    private static final Duration MIN_TIME = Duration.ofMillis(10);
    private static final Duration MAX_TIME = Duration.ofMinutes(1);
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
        checkTime("silence", silence);
        checkTime("deadline", deadline);
        if (maxBytes.bytes() < MIN_BYTES.bytes() || maxBytes.bytes() > MAX_BYTES.bytes()) {
            throw new ConfigException("maxBytes", maxBytes + " is out of range", "from " + MIN_BYTES + " to "
                    + MAX_BYTES, null);
        }
    }

    private static void checkTime(String key, Duration time) {
        if (time.compareTo(MIN_TIME) < 0 || time.compareTo(MAX_TIME) > 0) {
            throw new ConfigException(key, Texts.of(time) + " is out of range", "from " + Texts.of(MIN_TIME) + " to "
                    + Texts.of(MAX_TIME), null);
        }
    }
}
