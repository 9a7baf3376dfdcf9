package dev.sluice.runtime.tls;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

import dev.sluice.runtime.memory.Buffer;
import dev.sluice.runtime.observe.HandshakeResult;
import dev.sluice.runtime.testing.TestingBuffers;
import dev.sluice.runtime.tls.Handshake.Step;
import dev.sluice.runtime.tls.jdk.JdkServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The contract of a server's handshakes, which each engine has to keep; the client is an engine of the JDK. */
public abstract class ServerHandshakeContract extends HandshakeFixture {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void bytesFlowBothWaysAfterIt(String version) throws Exception {
        TestingEngine client = client(version);
        Handshake handshake = handshake();
        byte[] last = client.shake(handshake, buffers);
        assertEquals(version, handshake.session().version());
        assertEquals("a.example", handshake.session().serverName());
        assertEquals(client.engine().getHandshakeSession() == null
                ? client.engine().getSession().getCipherSuite()
                : client.engine().getHandshakeSession().getCipherSuite(), handshake.session().suite());
        Records records = handshake.finish();
        assertEquals(version.equals("TLSv1.3"), records instanceof TrafficRecords);
        client.heard(last);
        for (int i = 0; i < 5; i++) {
            assertEquals("to the client " + i, client.heard(sealed(records, "to the client " + i)));
            assertEquals("from the client " + i, opened(records, client.written("from the client " + i)));
        }
        String large = "x".repeat(40_000);
        assertEquals(large, client.heard(sealed(records, large)));
        assertEquals(large, opened(records, client.written(large)));
        Buffer end = buffers.empty();
        records.closeNotify(ciphers, end);
        client.heard(TestingBuffers.content(end));
        assertTrue(client.engine().isInboundDone(), "close_notify was understood");
        client.engine().closeOutbound();
        opened(records, client.spoken());
        assertTrue(records.closed());
        records.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void severalRecordsAndAPartAreOpenedInPlace(String version) throws Exception {
        TestingEngine client = client(version);
        Handshake handshake = handshake();
        client.heard(client.shake(handshake, buffers));
        Records records = handshake.finish();
        byte[] bytes = join(join(client.written("one,"), client.written("two,")), client.written("three"));
        Buffer buffer = buffers.of("held");
        buffer.append(bytes, 0, bytes.length - 1);
        int end = records.open(ciphers, buffer, 4);
        assertEquals("heldone,two,", new String(TestingBuffers.content(buffer), 0, end, StandardCharsets.US_ASCII));
        buffer.append(bytes, bytes.length - 1, 1);
        end = records.open(ciphers, buffer, end);
        assertEquals("heldone,two,three", new String(TestingBuffers.content(buffer), 0, end,
                StandardCharsets.US_ASCII));
        assertEquals(end, buffer.content());
        records.end();
    }

    @Test
    void ticketsMayWait() throws Exception {
        TestingEngine client = client("TLSv1.3");
        Handshake handshake = handshake();
        byte[] last = client.shake(handshake, buffers);
        assertTrue(last.length > 0, "a server has tickets");
        assertEquals(last.length, handshake.deferrable());
        Records records = handshake.finish();
        assertEquals("hello", opened(records, client.written("hello")), "the client does not wait for them");
        assertEquals("world", client.heard(join(last, sealed(records, "world"))));
        records.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void afterTheEndOfThePeerThereIsStillSomethingToSay(String version) throws Exception {
        TestingEngine client = client(version);
        Handshake handshake = handshake();
        byte[] last = client.shake(handshake, buffers);
        Records records = handshake.finish();
        client.heard(last);
        client.engine().closeOutbound();
        opened(records, client.spoken());
        assertTrue(records.closed());
        byte[] answer = sealed(records, "answer");
        assertEquals(23, answer[0]);
        assertEquals("answer", client.heard(answer));
        records.end();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"})
    void theSuiteOfTheClientIsSpoken(String suite) throws Exception {
        TestingEngine client = client(parameters -> parameters.setCipherSuites(new String[]{suite}));
        Handshake handshake = handshake();
        byte[] last = client.shake(handshake, buffers);
        assertEquals(suite, handshake.session().suite());
        Records records = handshake.finish();
        client.heard(last);
        assertEquals("abc", client.heard(sealed(records, "abc")));
        assertEquals("def", opened(records, client.written("def")));
        records.end();
    }

    private Handshake handshake(List<String> suites, List<String> groups) {
        return server(new Identities(List.of(ofA)),
                new ServerSettings(BOTH, suites, groups, List.of(), false, TicketRules.DEFAULT)).newHandshake(ciphers);
    }

    private void assertSpoken(String version, String suite, List<String> suites, List<String> groups,
            TestingEngine client) throws Exception {
        Handshake handshake = handshake(suites, groups);
        client.shake(handshake, buffers);
        assertEquals(version, handshake.session().version());
        assertEquals(suite, handshake.session().suite());
        handshake.finish().end();
    }

    @Test
    void aVersionWithoutASuiteIsNotSpoken() throws Exception {
        String old = "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384";
        List<String> of13 = JdkServer.SUITES.subList(0, 3);
        assertSpoken("TLSv1.2", old, List.of(old), List.of(), client());
        List<String> more = new ArrayList<>(of13);
        more.add(old);
        assertSpoken("TLSv1.2", old, more, List.of(), client("TLSv1.2"));
        assertSpoken("TLSv1.3", "TLS_AES_128_GCM_SHA256", more, List.of(),
                client(parameters -> parameters.setCipherSuites(new String[]{"TLS_AES_128_GCM_SHA256"})));
        refused(client("TLSv1.2"), handshake(of13, List.of()), Alert.PROTOCOL_VERSION);
        refused(client(parameters -> {
            parameters.setProtocols(new String[]{"TLSv1.2"});
            parameters.setCipherSuites(new String[]{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
        }), handshake(more, List.of()), Alert.HANDSHAKE_FAILURE);
    }

    @Test
    void onlyTheGroupsOfTheSettingsAreSpoken() throws Exception {
        String suite = "TLS_AES_128_GCM_SHA256";
        for (String group : List.of("x25519", "secp256r1", "secp384r1")) {
            assertSpoken("TLSv1.3", suite, JdkServer.SUITES, List.of(group), client(parameters -> {
                parameters.setCipherSuites(new String[]{suite});
                parameters.setNamedGroups(new String[]{group.equals("x25519") ? "secp521r1" : "x25519", group});
            }));
        }
        TestingEngine other = client(parameters -> {
            parameters.setProtocols(new String[]{"TLSv1.3"});
            parameters.setNamedGroups(new String[]{"secp256r1"});
        });
        Handshake refusing = handshake(JdkServer.SUITES, List.of("x25519", "secp384r1"));
        TlsException refused = assertThrows(TlsException.class, () -> other.shake(refusing, buffers));
        assertEquals(HandshakeResult.NO_SHARED_GROUP, HandshakeResult.of(refused), refused.getMessage());
        refusing.abandon();
    }

    private String certified(TestingEngine client) throws Exception {
        return client.engine().getSession().getPeerCertificates()[0].getPublicKey().getAlgorithm();
    }

    private void chooses(String kind, java.util.function.Consumer<SSLParameters> change) throws Exception {
        TestingEngine client = client(change);
        Handshake handshake = handshake(List.of(ofA, rsaOfA), List.of(), false);
        client.heard(client.shake(handshake, buffers));
        assertEquals(kind, certified(client));
        handshake.finish().end();
    }

    @Test
    void theClientChoosesTheKindOfKey() throws Exception {
        chooses("RSA", parameters -> parameters.setSignatureSchemes(new String[]{"rsa_pss_rsae_sha256"}));
        chooses("EC", parameters -> parameters.setSignatureSchemes(new String[]{"ecdsa_secp256r1_sha256"}));
        chooses("RSA", parameters -> parameters.setCipherSuites(new String[]{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"}));
        chooses("EC",
                parameters -> parameters.setCipherSuites(new String[]{"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"}));
    }

    private TlsException refused(TestingEngine client, Handshake handshake, Alert alert) throws Exception {
        TlsException refused = assertThrows(TlsException.class, () -> client.shake(handshake, buffers));
        assertEquals(alert, refused.alert(), refused.getMessage());
        Buffer out = buffers.empty();
        handshake.fail(alert, out);
        handshake.abandon();
        SSLException received = assertThrows(SSLException.class, () -> client.heard(TestingBuffers.content(out)));
        assertTrue(String.valueOf(received.getMessage()).endsWith("Received fatal alert: " + alert.label()),
                received::getMessage);
        return refused;
    }

    @Test
    void anUnknownNameIsRefusedIfThatIsAskedFor() throws Exception {
        TestingEngine unknown = client(
                parameters -> parameters.setServerNames(List.of(new SNIHostName("other.example"))));
        TlsException refused = refused(unknown, handshake(List.of(ofA, ofB), List.of(), true),
                Alert.UNRECOGNIZED_NAME);
        assertEquals(HandshakeResult.UNKNOWN_NAME, HandshakeResult.of(refused));
        TestingEngine known = client(
                parameters -> parameters.setServerNames(List.of(new SNIHostName("X.B.example"))));
        Handshake handshake = handshake(List.of(ofA, ofB), List.of(), true);
        known.heard(known.shake(handshake, buffers));
        assertEquals("x.b.example", handshake.session().serverName());
        handshake.finish().end();
        TestingEngine nobody = client(parameters -> parameters.setServerNames(List.of()));
        Handshake unnamed = handshake(List.of(ofA, ofB), List.of(), true);
        nobody.shake(unnamed, buffers);
        assertEquals(null, unnamed.session().serverName());
        unnamed.finish().end();
    }

    private @Nullable String protocol(List<String> spoken, String... offered) throws Exception {
        TestingEngine client = client(parameters -> parameters.setApplicationProtocols(offered));
        Handshake handshake = handshake(List.of(ofA), spoken, false);
        client.shake(handshake, buffers);
        String chosen = handshake.session().protocol();
        assertEquals(Objects.requireNonNullElse(chosen, ""), client.engine().getApplicationProtocol());
        handshake.finish().end();
        return chosen;
    }

    @Test
    void theProtocolIsAgreedOn() throws Exception {
        assertEquals("h2", protocol(List.of("h2", "http/1.1"), "http/1.1", "h2"), "the preference is the server's");
        assertEquals("http/1.1", protocol(List.of("h2", "http/1.1"), "http/1.1"));
        assertEquals(null, protocol(List.of("h2", "http/1.1")));
        assertEquals(null, protocol(List.of(), "h2"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void aClientWithOtherProtocolsIsRefused(String version) throws Exception {
        TestingEngine client = client(parameters -> {
            parameters.setApplicationProtocols(new String[]{"imap"});
            parameters.setProtocols(new String[]{version});
        });
        TlsException refused = refused(client, handshake(List.of(ofA), List.of("h2"), false),
                Alert.NO_APPLICATION_PROTOCOL);
        assertEquals(HandshakeResult.NO_APPLICATION_PROTOCOL, HandshakeResult.of(refused));
    }

    @Test
    void noSharedVersionIsNamed() throws Exception {
        TlsException refused = refused(client("TLSv1.2"), handshake("TLSv1.3"), Alert.PROTOCOL_VERSION);
        assertEquals(HandshakeResult.NO_SHARED_VERSION, HandshakeResult.of(refused));
    }

    @Test
    void noSharedSuiteIsNamed() throws Exception {
        TestingEngine client = client(parameters -> {
            parameters.setProtocols(new String[]{"TLSv1.2"});
            parameters.setCipherSuites(new String[]{"TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"});
        });
        TlsException refused = refused(client, handshake(), Alert.HANDSHAKE_FAILURE);
        assertEquals(HandshakeResult.NO_SHARED_CIPHER, HandshakeResult.of(refused));
    }

    @Test
    void whatIsNotTlsIsRefusedWithAnAlert() throws Exception {
        Handshake handshake = handshake();
        Buffer in = buffers.empty();
        byte[] junk = {22, 3, 1, 0, 5, 1, 0, 0, 1, 9};
        in.append(junk, 0, junk.length);
        Buffer out = buffers.empty();
        TlsException refused = assertThrows(TlsException.class,
                () -> TestingEngine.settled(handshake, handshake.receive(in, 0, junk.length, out), out));
        assertNotNull(refused.alert());
        handshake.fail(refused.alert(), out);
        byte[] alert = TestingBuffers.content(out);
        assertEquals(21, alert[0], refused::getMessage);
        assertEquals(2, alert[5]);
        assertEquals(refused.alert().code(), alert[6]);
        handshake.abandon();
    }

    @Test
    void theAlertOfThePeerIsNamedAndGetsNone() throws Exception {
        Handshake handshake = handshake();
        Buffer in = buffers.empty();
        byte[] alert = {21, 3, 3, 0, 2, 2, 48};
        in.append(alert, 0, alert.length);
        TlsException received = assertThrows(TlsException.class, () -> {
            Buffer out = buffers.empty();
            TestingEngine.settled(handshake, handshake.receive(in, 0, alert.length, out), out);
        });
        assertEquals("the peer sent alert unknown_ca", received.getMessage());
        assertEquals(null, received.alert());
        handshake.abandon();
    }

    /** A violation that the caller has found before the first record, and behind the server's last message. */
    @Test
    void theCallersAlertIsSent() throws Exception {
        Handshake before = handshake();
        Buffer out = buffers.empty();
        before.fail(Alert.UNEXPECTED_MESSAGE, out);
        before.abandon();
        TestingEngine client = client("TLSv1.3");
        Handshake behind = handshake();
        client.engine().beginHandshake();
        byte[] hello = client.spoken();
        Buffer in = buffers.empty();
        in.append(hello, 0, hello.length);
        Buffer flight = buffers.empty();
        assertEquals(Step.MORE,
                TestingEngine.settled(behind, behind.receive(in, 0, hello.length, flight), flight));
        int length = flight.content();
        behind.fail(Alert.RECORD_OVERFLOW, flight);
        behind.abandon();
        assertTrue(flight.content() > length, "something is said");
        assertThrows(SSLException.class, () -> {
            client.heard(TestingBuffers.content(flight));
            throw new SSLException("the end: " + client.engine().isInboundDone());
        });
    }

    /** Records of every length, each cut at every byte: what an engine is given is whole, whatever comes. */
    @Test
    void aHelloInSmallRecordsIsUnderstood() throws Exception {
        TestingEngine client = client("TLSv1.3");
        client.engine().beginHandshake();
        byte[] hello = client.spoken();
        Handshake handshake = handshake();
        Buffer out = buffers.empty();
        Step step = Step.MORE;
        int part = 100;
        for (int at = 5; at < hello.length; at += part) {
            assertEquals(Step.MORE, step);
            int length = Math.min(part, hello.length - at);
            Buffer in = buffers.empty();
            in.append(new byte[]{22, 3, 1, 0, (byte) length}, 0, 5);
            in.append(hello, at, length);
            step = TestingEngine.settled(handshake, handshake.receive(in, 0, 5 + length, out), out);
        }
        assertEquals(Step.MORE, step);
        client.heard(TestingBuffers.content(out));
        out.clear();
        byte[] rest = client.spoken();
        Buffer in = buffers.empty();
        in.append(rest, 0, rest.length);
        for (int at = 0; at < rest.length; at += Records.length(in, at)) {
            step = TestingEngine.settled(handshake, handshake.receive(in, at, Records.length(in, at), out), out);
        }
        assertEquals(Step.DONE, step);
        assertInstanceOf(TrafficRecords.class, handshake.finish()).end();
    }

    /** An established connection of TLS 1.2, whose engine is kept. */
    private Records established12(TestingEngine client) throws Exception {
        Handshake handshake = handshake("TLSv1.3", "TLSv1.2");
        client.heard(client.shake(handshake, buffers));
        return handshake.finish();
    }

    private byte[] alertAfter(Records records, byte[] bytes, Alert alert) throws Exception {
        TlsException refused = assertThrows(TlsException.class, () -> opened(records, bytes));
        assertEquals(alert, refused.alert(), refused.getMessage());
        Buffer out = buffers.empty();
        records.alert(ciphers, alert, out);
        records.end();
        return TestingBuffers.content(out);
    }

    @Test
    void aRecordThatDoesNotDecryptGetsItsAlertInTls12() throws Exception {
        TestingEngine client = client("TLSv1.2");
        Records records = established12(client);
        byte[] record = client.written("hello");
        record[record.length - 1] ^= 1;
        byte[] alert = alertAfter(records, record, Alert.BAD_RECORD_MAC);
        SSLException received = assertThrows(SSLException.class, () -> client.heard(alert));
        assertTrue(String.valueOf(received.getMessage()).endsWith("bad_record_mac"), received::getMessage);
    }

    @Test
    void aRecordThatIsTooLongIsRefusedInTls12() throws Exception {
        Records records = established12(client("TLSv1.2"));
        byte[] header = {23, 3, 3, (byte) 0x7f, (byte) 0xff, 1, 2, 3};
        alertAfter(records, header, Alert.RECORD_OVERFLOW);
    }

    @Test
    void aSecondHandshakeIsRefusedInTls12() throws Exception {
        TestingEngine client = client("TLSv1.2");
        Records records = established12(client);
        client.engine().beginHandshake();
        alertAfter(records, client.spoken(), Alert.NO_RENEGOTIATION);
    }

    @Test
    void whatIsGivenUpCanBeGivenUpAgain() throws Exception {
        Handshake handshake = handshake();
        handshake.abandon();
        handshake.abandon();
        TestingEngine client = client("TLSv1.2");
        Records records = established12(client);
        records.end();
        records.end();
    }
}
