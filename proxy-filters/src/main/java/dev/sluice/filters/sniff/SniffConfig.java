package dev.sluice.filters.sniff;

import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import dev.sluice.api.config.ConfigRange;

/**
 * The configuration of {@code type: sniff}.
 *
 * @param protocols the protocols to look for; the order does not matter, since no two of them begin alike
 * @param silence the time to wait for the first byte of a client, which may be waiting for its server to speak first
 * @param deadline the time, from the first byte, for a client to show its protocol, and with TLS and HTTP/1 its names
 * @param maxBytes the most bytes held to recognise it; a ClientHello has to fit with its records
 * @param unknown the treatment of clients of other protocols
 * @param invalidName the treatment of TLS clients whose server name is not a DNS name
 */
public record SniffConfig(
        @ConfigDescription("Protocols to look for; with mysql, clients may wait for the server to speak first.") @ConfigDefault("[tls, http1, http2, ssh, postgresql, redis, mqtt, socks4, socks5, rdp, kafka]") List<Protocol> protocols,
        @ConfigRange(min = "10ms", max = "1m") @ConfigDescription("Time to wait for a client's first byte.") @ConfigDefault("1s") Duration silence,
        @ConfigRange(min = "10ms", max = "1m") @ConfigDescription("Time for a client to show its protocol, from its first byte.") @ConfigDefault("5s") Duration deadline,
        @ConfigRange(min = "1KiB", max = "64KiB") @ConfigDescription("Most bytes held to recognise it.") @ConfigDefault("16KiB") ByteSize maxBytes,
        @ConfigDescription("Treatment of clients of other protocols.") @ConfigDefault("pass") Unknown unknown,
        @ConfigDescription("Treatment of TLS clients whose server name is not a DNS name, such as host:443 or an address.") @ConfigDefault("ignore") InvalidName invalidName) {
    private static final String LABELS = Texts.labels(List.of(Protocol.values()));
    private static final Duration MIN_TIME = Duration.ofMillis(10);
    private static final Duration MAX_TIME = Duration.ofMinutes(1);
    private static final ByteSize MIN_BYTES = new ByteSize(1024);
    private static final ByteSize MAX_BYTES = new ByteSize(64 * 1024);

    public SniffConfig {
        protocols = List.copyOf(protocols);
        if (protocols.isEmpty()) {
            throw new ConfigException("protocols", "no protocol to look for", "at least one of " + LABELS, null);
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
