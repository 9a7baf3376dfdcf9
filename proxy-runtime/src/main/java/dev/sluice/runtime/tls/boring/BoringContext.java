package dev.sluice.runtime.tls.boring;

import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.sluice.runtime.tls.Identities;
import io.netty.internal.tcnative.SSL;
import io.netty.internal.tcnative.SSLContext;
import io.netty.internal.tcnative.SniHostNameMatcher;
import org.jspecify.annotations.Nullable;

/**
 * A context of the library: the settings of a listener's handshakes but for its certificates, and the keys of its tickets, which the library
 * makes, and replaces every two days. Other certificates do not need another context, since they are chosen anew in each handshake; so a
 * connection whose object is kept holds no old ones. Any thread.
 */
final class BoringContext extends NativeOwner {
    private static final String GROUPS = "X25519MLKEM768:X25519:P-256:P-384";
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

    /**
     * Settings of a context.
     *
     * @param suites by the names of IANA, the preferred first
     * @param protocols application protocols, the preferred first; empty = none is agreed on
     */
    record Settings(List<String> suites, List<String> protocols) {
        Settings {
            suites = List.copyOf(suites);
            protocols = List.copyOf(protocols);
        }
    }

    private final BoringListener listener;
    private final Settings settings;
    private final long pointer;
    /** The handshakes under way, by the pointers that callbacks bring. */
    private final Map<Long, BoringHandshake> handshakes = new ConcurrentHashMap<>();

    BoringContext(BoringListener listener, Settings settings) {
        this.listener = listener;
        this.settings = settings;
        long made = 0;
        try {
            made = SSLContext.make(SSL.SSL_PROTOCOL_TLSV1_2 | SSL.SSL_PROTOCOL_TLSV1_3, SSL.SSL_MODE_SERVER);
            configure(made, settings);
            SSLContext.setSessionIdContext(made, listener.name().getBytes(StandardCharsets.UTF_8));
            Callbacks callbacks = new Callbacks(listener, handshakes);
            SSLContext.setSniHostnameMatcher(made, callbacks);
            SSLContext.setCertificateCallback(made, callbacks::choose);
            SSLContext.setKeyLogCallback(made, callbacks::log);
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

    private static void configure(long context, Settings settings) throws Exception {
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
        if (!suites.isEmpty()) {
            SSLContext.setCipherSuite(context, String.join(":", suites), false);
        }
        if (!SSLContext.setCurvesList(context, GROUPS.split(":"))) {
            throw new IllegalStateException("groups " + GROUPS);
        }
        if (!settings.protocols().isEmpty()) {
            SSLContext.setAlpnProtos(context, settings.protocols().toArray(new String[0]),
                    SSL.SSL_SELECTOR_FAILURE_NO_ADVERTISE);
        }
    }

    /**
     * The ways in which the library calls back. Without the context, which they would keep alive: the library refers to them for as long as its
     * own context is there. They throw nothing, since the frame below is not Java's.
     */
    private record Callbacks(BoringListener listener,
            Map<Long, BoringHandshake> handshakes) implements SniHostNameMatcher {
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
                listener.served().offer(ssl, SSL.getSniHostname(ssl));
            } catch (Exception | LinkageError e) {
                BoringHandshake handshake = handshakes.get(ssl);
                if (handshake != null) {
                    handshake.defect(e);
                }
            }
        }

        void log(long ssl, byte[] line) {
            BoringHandshake handshake = handshakes.get(ssl);
            if (handshake != null) {
                handshake.logged(line);
            }
        }
    }

    /** An object for a connection, which the caller frees. */
    long newSsl() {
        try {
            return SSL.newSSL(pointer, true);
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

    Settings settings() {
        return settings;
    }

    BoringListener listener() {
        return listener;
    }

    Identities identities() {
        return listener.served().identities();
    }

    /** The name of a suite in the registry of IANA. */
    static String iana(String suite) {
        return IANA.getOrDefault(suite, suite);
    }
}
