package dev.sluice.runtime.tls.boring;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.tls.ServerSettings;
import dev.sluice.runtime.tls.Session;
import dev.sluice.runtime.tls.TicketRules;
import dev.sluice.runtime.tls.trust.ClientTrust;
import io.netty.internal.tcnative.CertificateVerifier;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SniHostNameMatcher;
import org.jspecify.annotations.Nullable;

/**
 * A context of the library: the settings of a listener's handshakes but for its certificates, and the keys of its tickets, which other
 * contexts of the listener with the same trust and scope have as well. Other certificates do not need another context, since they are chosen anew in each handshake; so a
 * connection whose object is kept holds no old ones. Any thread.
 */
final class BoringContext extends NativeOwner {
    /** The library's names of suites by those of IANA. */
    private static final Map<String, String> SUITES_12 = Map.of(
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE-RSA-AES128-GCM-SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE-ECDSA-AES256-GCM-SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE-RSA-AES256-GCM-SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-CHACHA20-POLY1305",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305");
    private static final Map<String, String> IANA = new HashMap<>();

    static {
        SUITES_12.forEach((iana, own) -> IANA.put(own, iana));
    }

    /** The groups that are on by default. */
    private static final List<String> GROUPS = List.of("X25519MLKEM768", "x25519", "secp256r1", "secp384r1",
            "P-521");
    /** The library's names of groups by those of IANA. */
    private static final Map<String, String> OWN_GROUPS = Map.of("x25519", "X25519", "secp256r1", "P-256", "secp384r1",
            "P-384");
    /** Authorities between the certificate of a client and a known one: the check has a bound of its own. */
    private static final int MOST_DEPTH = 100;

    private final BoringListener listener;
    private final ScopedContexts.Settings settings;
    private final long pointer;
    private final ContextTickets tickets;
    /** The handshakes under way, by the pointers that callbacks bring. */
    private final Map<Long, BoringHandshake> handshakes = new ConcurrentHashMap<>();

    /**
     * A context.
     *
     * @param scope of its sessions; null = they do not go on
     */
    BoringContext(BoringListener listener, ScopedContexts.Settings settings, @Nullable String scope) {
        this.listener = listener;
        this.settings = settings;
        byte[] place = place(listener.name(), settings.trust(), scope == null ? "" : scope);
        tickets = new ContextTickets(scope == null ? TicketRules.OFF : settings.server().tickets(), listener.ring(),
                place);
        long made = 0;
        try {
            made = SSLContext.make(SSL.SSL_PROTOCOL_TLSV1_2 | SSL.SSL_PROTOCOL_TLSV1_3, SSL.SSL_MODE_SERVER);
            configure(made, settings.server());
            if (!SSLContext.setSessionIdContext(made, place)) {
                throw new IllegalStateException("the place of its tickets");
            }
            Callbacks callbacks = new Callbacks(listener, handshakes, settings.trust() != null);
            SSLContext.setSniHostnameMatcher(made, callbacks);
            SSLContext.setCertificateCallback(made, callbacks::choose);
            SSLContext.setKeyLogCallback(made, callbacks::log);
            ClientTrust trust = settings.trust();
            if (trust != null) {
                clients(made, trust, new Verifier(handshakes));
            }
            tickets.apply(made);
        } catch (Exception e) {
            if (made != 0) {
                SSLContext.free(made);
            }
            throw new IllegalStateException("BoringSSL refuses its settings", e);
        }
        pointer = made;
        long owned = made;
        owns(() -> SSLContext.free(owned));
    }

    /** The bytes by which tickets of this listener, this trust and this scope are known, and no others. */
    private static byte[] place(String listener, @Nullable ClientTrust trust, String scope) {
        try {
            // Its 32 bytes are the most that the library takes.
            return MessageDigest.getInstance("SHA-256").digest(
                    (listener + '\n' + (trust == null ? "" : trust.fingerprint()) + '\n' + scope)
                            .getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no SHA-256", e);
        }
    }

    private static void configure(long context, ServerSettings settings) throws Exception {
        SSLContext.setOptions(context, SSL.SSL_OP_NO_SSLv2 | SSL.SSL_OP_NO_SSLv3 | SSL.SSL_OP_NO_TLSv1
                | SSL.SSL_OP_NO_TLSv1_1 | SSL.SSL_OP_NO_COMPRESSION);
        SSLContext.setMode(context, SSL.SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL.SSL_MODE_ENABLE_PARTIAL_WRITE
                | SSL.SSL_MODE_RELEASE_BUFFERS);
        SSLContext.setSessionCacheMode(context, SSL.SSL_SESS_CACHE_OFF);
        List<String> suites = new ArrayList<>();
        for (String suite : settings.suites()) {
            String own = SUITES_12.get(suite);
            if (own != null) {
                suites.add(own);
            }
        }
        // A version without a suite is not spoken.
        boolean tls12 = settings.versions().stream().anyMatch(version -> !version.equals(Session.TLS_13))
                && !suites.isEmpty();
        boolean tls13 = settings.versions().contains(Session.TLS_13) && settings.suites().size() > suites.size();
        SSLContext.setOptions(context, (tls12 ? 0 : SSL.SSL_OP_NO_TLSv1_2) | (tls13 ? 0 : SSL.SSL_OP_NO_TLSv1_3));
        if (!suites.isEmpty()) {
            SSLContext.setCipherSuite(context, String.join(":", suites), false);
        }
        List<String> groups = settings.groups().isEmpty() ? GROUPS : settings.groups();
        if (!SSLContext.setCurvesList(context,
                groups.stream().map(group -> OWN_GROUPS.getOrDefault(group, group)).toArray(String[]::new))) {
            throw new IllegalStateException("groups " + groups);
        }
        if (!settings.protocols().isEmpty()) {
            SSLContext.setAlpnProtos(context, settings.protocols().toArray(new String[0]),
                    SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
        }
    }

    /** Asks clients for certificates, and names the authorities by which they may choose one. */
    private static void clients(long context, ClientTrust trust, Verifier verifier) throws Exception {
        SSLContext.setVerify(context, trust.isRequired() ? SSL.SSL_CVERIFY_REQUIRED : SSL.SSL_CVERIFY_OPTIONAL,
                MOST_DEPTH);
        SSLContext.setCertVerifyCallback(context, verifier);
        if (!Pem.read(Pem.of(trust.authorities()), bio -> SSLContext.setCACertificateBio(context, bio))) {
            throw new IllegalStateException("the authorities of clients");
        }
    }

    /** The check of a client's certificates, on the thread that has called the library. Throws nothing. */
    private static final class Verifier extends CertificateVerifier {
        private final Map<Long, BoringHandshake> handshakes;

        Verifier(Map<Long, BoringHandshake> handshakes) {
            this.handshakes = handshakes;
        }

        @Override
        public int verify(long ssl, byte[][] shown, String method) {
            BoringHandshake handshake = handshakes.get(ssl);
            return handshake == null ? X509_V_ERR_UNSPECIFIED : handshake.verify(shown);
        }
    }

    /**
     * The ways in which the library calls back. Without the context, which they would keep alive: the library refers to them for as long as its
     * own context is there. They throw nothing, since the frame below is not Java's.
     */
    private record Callbacks(BoringListener listener, Map<Long, BoringHandshake> handshakes,
            boolean asksClients) implements SniHostNameMatcher {
        /** Whether a server name is served. */
        @Override
        public boolean match(long ssl, String name) {
            BoringHandshake handshake = handshakes.get(ssl);
            return handshake != null && (!handshake.rejectsUnknown()
                    || !listener.served().identities().named(name).isEmpty());
        }

        /** Offers the certificates of the client's name, of which the library takes the first that the client can check. */
        void choose(long ssl, byte @Nullable [] keyTypes, byte @Nullable [] @Nullable [] issuers) {
            try {
                if (!asksClients) {
                    SSL.setVerify(ssl, SSL.SSL_CVERIFY_NONE, 0);
                }
                listener.served().offer(ssl, SSL.getSniHostname(ssl));
            } catch (Exception | LinkageError e) {
                BoringHandshake handshake = handshakes.get(ssl);
                if (handshake != null) {
                    handshake.defect(e);
                }
            }
        }

        void log(long ssl, byte[] line) {
            listener.logKey(line);
            BoringHandshake handshake = handshakes.get(ssl);
            if (handshake != null) {
                handshake.logged(line);
            }
        }
    }

    /** An object for a connection, which the caller frees. */
    long newSsl() {
        try {
            tickets.renew(pointer);
            long ssl = SSL.newSSL(pointer, true);
            if (settings.trust() == null) {
                // Lifts the limit for a hello from 16 KiB to 100, as other servers have it; callbacks take it back.
                SSL.setVerify(ssl, SSL.SSL_CVERIFY_OPTIONAL, MOST_DEPTH);
            }
            return ssl;
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Lets callbacks find a handshake. */
    void register(long ssl, BoringHandshake handshake) {
        handshakes.put(ssl, handshake);
    }

    void unregister(long ssl) {
        handshakes.remove(ssl);
    }

    /** Handshakes under way. */
    int underWay() {
        return handshakes.size();
    }

    ScopedContexts.Settings settings() {
        return settings;
    }

    /** The time for which a ticket counts. */
    long ticketSeconds() {
        return settings.server().tickets().lifetime().toSeconds();
    }

    BoringListener listener() {
        return listener;
    }

    /** The name of a suite in the registry of IANA. */
    static String iana(String suite) {
        return IANA.getOrDefault(suite, suite);
    }
}
