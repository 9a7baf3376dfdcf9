package dev.sluice.runtime.tls;

import java.util.List;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The common name in the subject of a certificate, and names of suites. */
class PeerTest {
    @ParameterizedTest
    @CsvSource(delimiter = ';', nullValues = "none", value = {"CN=billing,O=Example; billing", "O=Example; none",
        "''; none",
        "O=CN\\=x,CN=a\\,b\\+c,C=DE; a,b+c", "CN=first,CN=second; first", "OU=a+cn=b; b", "CN=#0c0141,CN=x; x",
        "CN=; ''", "CN=a\\; a\\", "nonsense; none"})
    void commonName(String subject, String expected) {
        assertEquals(expected, new Peer(subject, List.of()).commonName());
    }

    @ParameterizedTest
    @CsvSource({"TLS_AES_128_GCM_SHA256, TLS_AES_128_GCM_SHA256",
        "TLS_CHACHA20_POLY1305_SHA256, TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, ECDHE-RSA-AES128-GCM-SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, ECDHE-ECDSA-AES256-GCM-SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, ECDHE-ECDSA-CHACHA20-POLY1305"})
    void suiteOfOpenSsl(String suite, String expected) {
        assertEquals(expected, new Session(Session.TLS_13, suite, null, null, null).suiteOfOpenSsl());
    }
}
