package dev.sluice.runtime.engine;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import dev.sluice.api.FilterTraits;
import dev.sluice.runtime.chain.FilterSlot;
import dev.sluice.runtime.config.model.ClientAuth;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.relay.ListenerGeneration;
import dev.sluice.runtime.relay.TlsRules;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import org.jspecify.annotations.Nullable;

/**
 * The facts that a listener would know of a client before it chooses a route: what a client sends is known only where
 * its TLS ends, or where a filter waits for its first bytes. Pure.
 *
 * @param known by their attributes
 * @param tls the treatment of the client's TLS, in words
 * @param refusal the reason for which its handshake would fail, in words; null = none is known
 */
record ClientFacts(Map<AttributeKey<String>, String> known, String tls, @Nullable String refusal) {
    private static final String TLS = "tls";
    /** The names of a certificate that are shown. */
    private static final int MOST_NAMES = 3;
    /** The names of facts in the conditions of routes. */
    private static final Map<AttributeKey<String>, String> NAMES = names();

    private static Map<AttributeKey<String>, String> names() {
        Map<AttributeKey<String>, String> names = new LinkedHashMap<>();
        names.put(Attributes.PROTOCOL, "protocol");
        names.put(Attributes.SNI, "sni");
        names.put(Attributes.ALPN, "alpn");
        names.put(Attributes.CLIENT_SAN, "clientSan");
        return names;
    }

    static ClientFacts of(ClientQuestion question, ListenerGeneration listener, ListenerConfig config) {
        TlsRules rules = listener.settings().tls();
        List<FilterTraits> looking = listener.plan().slots().stream().map(FilterSlot::traits)
                .filter(FilterTraits::beforeRouting).toList();
        TerminatedTls terminated = config.tls().orElse(null);
        if (rules == null || terminated == null) {
            return untouched(question, looking);
        }
        if (rules.passthrough().has(question.sni())) {
            return new ClientFacts(facts(TLS, question.sni(), question.alpn(), null),
                    "is passed on to the endpoint as it is (tls.passthrough)", null);
        }
        String agreed = agreed(question.alpn(), terminated);
        // What a filter recognises is what the client speaks within TLS.
        String protocol = question.protocol() != null && isFound(question.protocol(), looking)
                ? question.protocol()
                : TLS;
        ClientAuth clientAuth = terminated.clientAuth();
        return new ClientFacts(
                facts(protocol, question.sni(), agreed, clientAuth.isOn() ? question.clientSan() : null),
                "ends at the proxy (" + rules.engine() + "), which shows the certificate "
                        + shown(rules.server().identities(), question.sni())
                        + ofClient(clientAuth.mode(), question.clientSan()),
                refusal(question, terminated, agreed, rules));
    }

    /** The names of the certificate that a client gets. */
    private static String shown(Identities identities, @Nullable String sni) {
        List<Identity> named = sni == null ? List.of() : identities.named(sni);
        List<String> names = (named.isEmpty() ? identities.defaults() : named).getFirst().names();
        return (names.isEmpty() ? "without a name" : "of ")
                + names.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                + (names.size() > MOST_NAMES ? " and " + (names.size() - MOST_NAMES) + " more" : "")
                + (named.isEmpty() ? " (the default)" : "");
    }

    private static String ofClient(ClientAuth.Mode mode, @Nullable String names) {
        return switch (mode) {
            case NONE ->
                names == null ? "" : "; no certificate of the client is asked for, so routes do not know its names";
            case REQUEST -> names == null
                    ? "; the client may show a certificate, and is taken to show none"
                    : "; the client is taken to show a good certificate";
            case REQUIRE -> names == null
                    ? "; the client has to show a good certificate, whose names are not known here: routes by clientSan"
                            + " are taken not to match"
                    : "; the client has to show a certificate, and is taken to show a good one";
        };
    }

    private static ClientFacts untouched(ClientQuestion question, List<FilterTraits> looking) {
        boolean asked = question.sni() != null || question.alpn() != null;
        String protocol = question.protocol() == null && asked ? TLS : question.protocol();
        boolean tls = TLS.equals(protocol);
        String treatment = tls ? "is passed on to the endpoint as it is" : "does not end at this listener";
        if (looking.isEmpty()) {
            return new ClientFacts(Map.of(), treatment + (protocol == null
                    ? ""
                    : "; no filter looks at the first bytes, so routes do not know protocol, sni and alpn"), null);
        }
        if (protocol == null || !isFound(protocol, looking)) {
            return new ClientFacts(Map.of(), treatment + (protocol == null
                    ? ""
                    : "; no filter looks for " + protocol + ", so routes do not know protocol, sni and alpn"), null);
        }
        return new ClientFacts(
                facts(protocol, tls ? question.sni() : null, tls ? question.alpn() : null, null),
                treatment + (asked && !tls ? "; sni and alpn are of a client that begins with TLS" : ""), null);
    }

    /** Whether a filter may find the protocol. */
    private static boolean isFound(String protocol, List<FilterTraits> looking) {
        return looking.stream()
                .anyMatch(traits -> traits.protocols().isEmpty() || traits.protocols().contains(protocol));
    }

    private static Map<AttributeKey<String>, String> facts(@Nullable String protocol, @Nullable String sni,
            @Nullable String alpn, @Nullable String clientSan) {
        Map<AttributeKey<String>, String> facts = new LinkedHashMap<>();
        put(facts, Attributes.PROTOCOL, protocol);
        put(facts, Attributes.SNI, sni);
        put(facts, Attributes.ALPN, alpn);
        put(facts, Attributes.CLIENT_SAN, clientSan);
        return facts;
    }

    private static void put(Map<AttributeKey<String>, String> facts, AttributeKey<String> key, @Nullable String value) {
        if (value != null) {
            facts.put(key, value);
        }
    }

    /** The protocol that is agreed on: of those that both have, the one that the listener prefers. */
    private static @Nullable String agreed(@Nullable String offered, TerminatedTls config) {
        List<String> offers = offered == null ? List.of() : Arrays.asList(offered.split(","));
        return config.alpn().stream().filter(offers::contains).findFirst().orElse(null);
    }

    private static @Nullable String refusal(ClientQuestion question, TerminatedTls config, @Nullable String agreed,
            TlsRules rules) {
        if (question.sni() != null && config.unknownName() == TerminatedTls.UnknownName.REJECT
                && rules.server().identities().named(question.sni()).isEmpty()) {
            return "the handshake fails: no certificate has the name " + question.sni();
        }
        if (question.alpn() != null && agreed == null && !config.alpn().isEmpty()) {
            return "the handshake fails: of the client's protocols none is spoken here ("
                    + String.join(", ", config.alpn())
                    + ")";
        }
        return null;
    }

    /** The facts by the names that routes have for them. */
    Map<String, String> named() {
        Map<String, String> named = new LinkedHashMap<>();
        NAMES.forEach((key, name) -> {
            String value = known.get(key);
            if (value != null) {
                named.put(name, value);
            }
        });
        return named;
    }
}
