package dev.sluice.filters.sniff;

import java.time.Duration;
import java.util.List;
import java.util.ServiceLoader;

import dev.sluice.api.FilterProvider;
import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.ConfigDefault;
import dev.sluice.api.config.ConfigDescription;
import dev.sluice.api.config.ConfigException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

class SniffConfigTest {
    private static SniffConfig config(List<Protocol> protocols, Duration deadline, long maxBytes) {
        return new SniffConfig(protocols, TestingSniffer.SILENCE, deadline, new ByteSize(maxBytes), Unknown.PASS,
                InvalidName.IGNORE);
    }

    private static void assertRefused(String key, String what, @Nullable String allowed, List<Protocol> protocols,
            Duration deadline, long maxBytes) {
        ConfigException problem = assertThrows(ConfigException.class, () -> config(protocols, deadline, maxBytes));
        assertEquals(key, problem.key());
        assertEquals(what, problem.what());
        assertEquals(allowed, problem.allowed());
    }

    @Test
    void bounds() {
        List<Protocol> tls = List.of(Protocol.TLS);
        Duration second = Duration.ofSeconds(1);
        assertEquals(1024, config(tls, Duration.ofMillis(10), 1024).maxBytes().bytes());
        assertEquals(65536, config(tls, Duration.ofMinutes(1), 65536).maxBytes().bytes());
        assertRefused("deadline", "9ms is out of range", "from 10ms to 1m", tls, Duration.ofMillis(9), 1024);
        assertRefused("deadline", "60001ms is out of range", "from 10ms to 1m", tls, Duration.ofMillis(60_001),
                1024);
        ConfigException silence = assertThrows(ConfigException.class, () -> new SniffConfig(tls, Duration.ofMillis(1),
                second, new ByteSize(1024), Unknown.PASS, InvalidName.REJECT));
        assertEquals("silence", silence.key());
        assertEquals("1ms is out of range", silence.what());
        assertRefused("maxBytes", "1023 is out of range", "from 1KiB to 64KiB", tls, second, 1023);
        assertRefused("maxBytes", "65537 is out of range", "from 1KiB to 64KiB", tls, second, 65_537);
        assertRefused("maxBytes", "1GiB is out of range", "from 1KiB to 64KiB", tls, second, 1L << 30);
    }

    @Test
    void protocols() {
        Duration second = Duration.ofSeconds(1);
        assertRefused("protocols", "no protocol to look for",
                "at least one of tls, http1, http2, ssh, postgresql, mysql, redis, mqtt, socks4, socks5, rdp, kafka",
                List.of(), second, 1024);
        assertRefused("protocols[2]", "tls is listed twice", null,
                List.of(Protocol.TLS, Protocol.SSH, Protocol.TLS), second, 1024);
    }

    @Test
    void defaultsAreAllowed() {
        assertEquals("[" + Texts.labels(TestingSniffer.CLIENT_FIRST) + "]", defaultOf("protocols"));
        assertEquals("1s", defaultOf("silence"));
        assertEquals("5s", defaultOf("deadline"));
        assertEquals("ignore", defaultOf("invalidName"));
        assertEquals(TestingSniffer.MAX_BYTES, ByteSize.parse(defaultOf("maxBytes")).bytes());
        assertEquals("pass", defaultOf("unknown"));
    }

    private static String defaultOf(String key) {
        for (var component : SniffConfig.class.getRecordComponents()) {
            if (component.getName().equals(key)) {
                assertNotNull(component.getAnnotation(ConfigDescription.class));
                return component.getAnnotation(ConfigDefault.class).value();
            }
        }
        throw new AssertionError(key);
    }

    @Test
    void theProviderIsFound() {
        FilterProvider<?> provider = ServiceLoader.load(FilterProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.type().equals("sniff"))
                .findFirst().orElseThrow();
        assertInstanceOf(SniffProvider.class, provider);
        assertEquals(SniffConfig.class, provider.configType());
    }
}
