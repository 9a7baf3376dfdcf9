package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.HealthCheckConfig;
import dev.sluice.runtime.config.model.HealthCheckConfig.Http;
import dev.sluice.runtime.config.model.HealthCheckConfig.Tcp;
import dev.sluice.runtime.config.model.HealthCheckConfig.Tls;
import dev.sluice.runtime.config.model.HexBytes;
import dev.sluice.runtime.config.model.HostName;
import dev.sluice.runtime.health.Bytes;
import dev.sluice.runtime.health.HttpProbe;
import dev.sluice.runtime.health.StatusRange;
import dev.sluice.runtime.health.TcpProbe;
import dev.sluice.runtime.health.TlsProbe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

class HealthCheckSettingsTest {
    private static HealthCheckConfig check(HealthCheckConfig.Type type, Optional<Tcp> tcp, Optional<Http> http,
            Optional<Tls> tls) {
        return new HealthCheckConfig(type, Duration.ofSeconds(5), Duration.ofSeconds(1), 2, 3, tcp, http, tls,
                ConfigPlace.NONE);
    }

    private static HealthCheckConfig tcp(Optional<String> send, Optional<HexBytes> sendHex, Optional<String> expect,
            Optional<HexBytes> expectHex) {
        return check(HealthCheckConfig.Type.TCP, Optional.of(new Tcp(send, sendHex, expect, expectHex,
                ConfigPlace.NONE)), Optional.empty(), Optional.empty());
    }

    private static HealthCheckConfig http(Http http) {
        return check(HealthCheckConfig.Type.HTTP, Optional.empty(), Optional.of(http), Optional.empty());
    }

    private static HealthCheckConfig tls(Tls tls) {
        return check(HealthCheckConfig.Type.TLS, Optional.empty(), Optional.empty(), Optional.of(tls));
    }

    @Test
    void withoutASectionEachTypeHasItsDefaults() {
        assertEquals(TcpProbe.CONNECT, HealthCheckSettings.probe(check(HealthCheckConfig.Type.TCP, Optional.empty(),
                Optional.empty(), Optional.empty())));
        assertEquals(new HttpProbe("/", Optional.empty(), OptionalInt.empty(), "GET",
                List.of(new StatusRange(200, 399))),
                HealthCheckSettings.probe(check(HealthCheckConfig.Type.HTTP, Optional.empty(), Optional.empty(),
                        Optional.empty())));
        assertEquals(new TlsProbe(Optional.empty(), true, List.of()), HealthCheckSettings.probe(
                check(HealthCheckConfig.Type.TLS, Optional.empty(), Optional.empty(), Optional.empty())));
    }

    @Test
    void bytesAreWrittenAsTextOrInHexadecimal() {
        assertEquals(new TcpProbe(Bytes.of("PING\r\n"), Bytes.of("+PONG")),
                HealthCheckSettings.probe(tcp(Optional.of("PING\r\n"), Optional.empty(), Optional.of("+PONG"),
                        Optional.empty())));
        assertEquals(new TcpProbe(Bytes.of(new byte[]{0, (byte) 0xff}), Bytes.of(new byte[]{'N'})),
                HealthCheckSettings.probe(tcp(Optional.empty(), Optional.of(HexBytes.parse("00 FF")), Optional.empty(),
                        Optional.of(HexBytes.parse("4e")))));
        assertEquals(new TcpProbe(Bytes.NONE, Bytes.of("ä")),
                HealthCheckSettings.probe(tcp(Optional.empty(), Optional.empty(), Optional.of("ä"), Optional.empty())));
    }

    @Test
    void aRequestIsTakenOver() {
        assertEquals(new HttpProbe("/primary", Optional.of("db"), OptionalInt.of(8008), "OPTIONS",
                List.of(new StatusRange(200, 200), new StatusRange(300, 399))),
                HealthCheckSettings.probe(http(new Http("/primary", Optional.of("db"), Optional.of(8008), "OPTIONS",
                        List.of(new dev.sluice.runtime.config.model.StatusRange(200, 200),
                                new dev.sluice.runtime.config.model.StatusRange(300, 399)),
                        ConfigPlace.NONE))));
    }

    @Test
    void aRequestThatHttpDoesNotKnowIsRefusedByItsSection() {
        ConfigException refused = assertThrows(ConfigException.class,
                () -> HealthCheckSettings.probe(http(new Http("primary", Optional.empty(), Optional.empty(), "GET",
                        List.of(new dev.sluice.runtime.config.model.StatusRange(200, 200)), ConfigPlace.NONE))));
        assertEquals("http", refused.key());
        assertEquals("path is \"primary\"; a path begins with / and has no spaces, as in a request line",
                refused.what());
    }

    @Test
    void aMissingFileOfCertificatesIsNamed(@TempDir Path directory) {
        Path missing = directory.resolve("ca.pem");
        ConfigException refused = assertThrows(ConfigException.class, () -> HealthCheckSettings
                .probe(tls(new Tls(Optional.of(HostName.parse("db.example")), true, Optional.of(missing),
                        ConfigPlace.NONE))));
        assertEquals("tls.ca", refused.key());
        assertEquals(missing + " does not exist", refused.what());
    }
}
