package dev.sluice.runtime.tls.trust;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.tls.Alert;
import dev.sluice.runtime.tls.Peer;
import dev.sluice.runtime.tls.TestingPki;
import dev.sluice.runtime.tls.TestingPki.Content;
import dev.sluice.runtime.tls.TestingPki.Issued;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Chains of clients' certificates, good ones and bad ones. */
class ClientTrustTest {
    private static TestingPki root;
    private static TestingPki middle;
    private static Issued direct;
    private static Issued below;

    @BeforeAll
    static void makeCertificates() throws Exception {
        root = TestingPki.root("root");
        middle = root.authority("middle");
        direct = root.issue(new Content("CN=direct"));
        below = middle.issue(new Content("CN=below"));
    }

    private static Instant yesterday() {
        return Instant.now().minus(Duration.ofDays(1));
    }

    private static Instant tomorrow() {
        return Instant.now().plus(Duration.ofDays(1));
    }

    private static ClientTrust trust(List<X509Certificate> authorities, X509CRL... lists) {
        return new ClientTrust(ClientTrust.Mode.REQUIRE, authorities, List.of(lists), 3);
    }

    private static ClientTrust trust(X509CRL... lists) {
        return trust(List.of(root.certificate()), lists);
    }

    private static void assertRefused(Alert alert, String words, ClientTrust trust, List<X509Certificate> shown) {
        ClientCertificateException refused = assertThrows(ClientCertificateException.class, () -> trust.check(shown));
        assertEquals(alert, refused.alert(), refused::getMessage);
        assertTrue(String.valueOf(refused.getMessage()).contains(words), refused::getMessage);
    }

    @Test
    void chainsToTheAuthorityAreGood() {
        assertDoesNotThrow(() -> trust().check(direct.chain()));
        assertDoesNotThrow(() -> trust().check(below.chain()));
    }

    @Test
    void theOrderBehindTheFirstOneDoesNotMatter() throws Exception {
        Issued deep = middle.authority("deep").issue(new Content("CN=deep-client"));
        List<X509Certificate> shown = new ArrayList<>(deep.chain());
        shown.add(root.certificate());
        shown.add(1, TestingPki.root("unrelated").certificate());
        java.util.Collections.swap(shown, 2, 3);
        assertDoesNotThrow(() -> trust().check(shown));
    }

    @Test
    void whatIsBetweenMayBeInTheFile() {
        ClientTrust both = trust(List.of(middle.certificate(), root.certificate()));
        assertDoesNotThrow(() -> both.check(below.chain().subList(0, 1)));
        assertRefused(Alert.UNKNOWN_CA, "CN=middle", trust(), below.chain().subList(0, 1));
    }

    @Test
    void oneInBetweenMayBeTheOnlyOneThatIsTrusted() {
        ClientTrust alone = trust(List.of(middle.certificate()));
        assertDoesNotThrow(() -> alone.check(below.chain()));
        assertRefused(Alert.UNKNOWN_CA, "CN=direct", alone, direct.chain());
    }

    @Test
    void anotherAuthorityIsUnknownEvenWithTheSameName() throws Exception {
        Issued forged = TestingPki.root("root").issue(new Content("CN=forged"));
        assertRefused(Alert.UNKNOWN_CA, "'CN=forged', issued by 'CN=root'", trust(), forged.chain());
        List<X509Certificate> withRoot = List.of(forged.chain().getFirst(), root.certificate());
        assertRefused(Alert.UNKNOWN_CA, "CN=forged", trust(), withRoot);
    }

    @Test
    void oneThatIsNoAuthoritySignsNothing() throws Exception {
        // Its key signs, as that of an authority would; but its certificate does not say that it may.
        TestingPki impostor = root.authority("impostor");
        Issued client = root.issue(new Content("CN=impostor"));
        Issued forged = impostor.issue(new Content("CN=forged"));
        assertRefused(Alert.UNKNOWN_CA, "CN=forged", trust(),
                List.of(forged.chain().getFirst(), client.chain().getFirst()));
        TestingPki leaf = root.signer(new Content("CN=leaf"));
        assertRefused(Alert.BAD_CERTIFICATE, "CN=leaf", trust(), leaf.issue(new Content("CN=forged")).chain());
    }

    @Test
    void validityCounts() throws Exception {
        assertRefused(Alert.CERTIFICATE_EXPIRED, "'CN=late' has expired at ", trust(),
                root.issue(new Content("CN=late").until(yesterday())).chain());
        assertRefused(Alert.BAD_CERTIFICATE, "'CN=early' is not valid before ", trust(),
                root.issue(new Content("CN=early").from(tomorrow())).chain());
        Issued client = root.authority(new Content("CN=old").until(yesterday())).issue(new Content("CN=client"));
        assertRefused(Alert.CERTIFICATE_EXPIRED, "'CN=old' has expired", trust(), client.chain());
    }

    @Test
    void theValidityOfWhatIsTrustedCountsToo() throws Exception {
        TestingPki old = TestingPki.root(new Content("CN=old-root").until(yesterday()));
        assertRefused(Alert.CERTIFICATE_EXPIRED, "'CN=old-root' has expired", trust(List.of(old.certificate())),
                old.issue(new Content("CN=client")).chain());
        TestingPki between = root.authority(new Content("CN=old-middle").until(yesterday()));
        assertRefused(Alert.CERTIFICATE_EXPIRED, "'CN=old-middle' has expired", trust(List.of(between.certificate())),
                between.issue(new Content("CN=client")).chain());
    }

    @Test
    void theDepthIsBounded() throws Exception {
        ClientTrust flat = new ClientTrust(ClientTrust.Mode.REQUIRE, List.of(root.certificate()), List.of(), 0);
        assertDoesNotThrow(() -> flat.check(direct.chain()));
        assertRefused(Alert.UNKNOWN_CA, "no chain of at most 0 authorities", flat, below.chain());
    }

    @Test
    void aServersCertificateIsNotForClients() throws Exception {
        assertRefused(Alert.UNSUPPORTED_CERTIFICATE, "'CN=server' is not for clients", trust(),
                root.issue(new Content("CN=server").forServersOnly()).chain());
        TestingPki ofServers = root.authority(new Content("CN=servers").forServersOnly());
        assertRefused(Alert.UNSUPPORTED_CERTIFICATE, "'CN=servers' is not for clients", trust(),
                ofServers.issue(new Content("CN=client")).chain());
    }

    @Test
    void revokedOnesAreRefused() throws Exception {
        Issued bad = root.issue(new Content("CN=bad"));
        ClientTrust trust = trust(root.revoked(tomorrow(), bad.chain().getFirst()));
        assertRefused(Alert.CERTIFICATE_REVOKED, "'CN=bad' was revoked", trust, bad.chain());
        assertDoesNotThrow(() -> trust.check(direct.chain()));
    }

    @Test
    void eachAuthorityOfAChainNeedsItsList() throws Exception {
        X509CRL ofRoot = root.revoked(tomorrow());
        X509CRL ofMiddle = middle.revoked(tomorrow());
        assertDoesNotThrow(() -> trust(ofRoot, ofMiddle).check(below.chain()));
        assertRefused(Alert.CERTIFICATE_UNKNOWN, "no list of the certificates that 'CN=middle' has revoked",
                trust(ofRoot), below.chain());
        assertRefused(Alert.CERTIFICATE_UNKNOWN, "no list of the certificates that 'CN=root' has revoked",
                trust(ofMiddle), below.chain());
        assertRefused(Alert.CERTIFICATE_REVOKED, "'CN=middle' was revoked",
                trust(root.revoked(tomorrow(), middle.certificate()), ofMiddle), below.chain());
        // Also where the file names it: it is one in between there.
        assertRefused(Alert.CERTIFICATE_REVOKED, "'CN=middle' was revoked",
                trust(List.of(middle.certificate(), root.certificate()),
                        root.revoked(tomorrow(), middle.certificate()), ofMiddle),
                below.chain().subList(0, 1));
    }

    @Test
    void aListThatIsOutOfDateRefuses() throws Exception {
        assertRefused(Alert.CERTIFICATE_UNKNOWN, "has revoked is out of date since ",
                trust(root.revoked(Instant.now().minus(Duration.ofHours(1)))), direct.chain());
    }

    @Test
    void aListOfAnotherOneOfTheSameNameDoesNotCount() throws Exception {
        X509CRL forged = TestingPki.root("root").revoked(tomorrow());
        assertRefused(Alert.CERTIFICATE_UNKNOWN, "it is not known whether 'CN=direct' was revoked", trust(forged),
                direct.chain());
    }

    @Test
    void aSessionThatGoesOnIsCheckedAgain() throws Exception {
        X509Certificate late = root.issue(new Content("CN=late").until(yesterday())).chain().getFirst();
        X509Certificate good = direct.chain().getFirst();
        assertEquals(Alert.CERTIFICATE_EXPIRED,
                assertThrows(ClientCertificateException.class, () -> trust().checkAgain(late)).alert());
        assertEquals(Alert.CERTIFICATE_REQUIRED,
                assertThrows(ClientCertificateException.class, () -> trust().checkAgain(null)).alert());
        assertEquals(Alert.CERTIFICATE_UNKNOWN, assertThrows(ClientCertificateException.class,
                () -> trust(root.revoked(Instant.now().minus(Duration.ofHours(1)))).checkAgain(good)).alert());
        assertDoesNotThrow(() -> trust(root.revoked(tomorrow())).checkAgain(good));
        assertDoesNotThrow(() -> new ClientTrust(ClientTrust.Mode.REQUEST, List.of(root.certificate()), List.of(), 3)
                .checkAgain(null));
    }

    @Test
    void everythingThatDecidesMakesAnotherTrust() throws Exception {
        ClientTrust one = trust();
        assertEquals(one, trust());
        assertNotEquals(one, trust(root.revoked(tomorrow())));
        assertNotEquals(one, trust(List.of(root.certificate(), middle.certificate())));
        assertNotEquals(one, new ClientTrust(ClientTrust.Mode.REQUEST, List.of(root.certificate()), List.of(), 3));
        assertNotEquals(one, new ClientTrust(ClientTrust.Mode.REQUIRE, List.of(root.certificate()), List.of(), 2));
    }

    @Test
    void namesAreKeptAndTheCertificateIsNot() throws Exception {
        Peer peer = Peer.of(root.issue(new Content("CN=billing, O=Example").names("DNS:Billing.Example",
                "URI:spiffe://example/billing,x", "email:ops@example", "DNS:http://forged"))
                .chain().getFirst());
        assertEquals("CN=billing,O=Example", peer.subject());
        assertEquals(List.of("billing.example", "spiffe://example/billing%2Cx", "ops@example"), peer.names());
    }
}
