package dev.sluice.runtime.wiring;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.ClientAuth;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TlsConfig;
import dev.sluice.runtime.config.model.TlsConfig.Engine;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.boring.BoringLibrary;
import dev.sluice.runtime.tls.boring.BoringTls;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The choice of the engine of TLS by {@code tls.engine}, with a line in the log. One thread at a time. */
final class TlsEngines {
    private static final Logger LOG = LoggerFactory.getLogger(TlsEngines.class);

    private final BoringTls boring = new BoringTls();
    private final Map<String, String> details = new HashMap<>();
    private String announced = "";

    /** The engine BoringSSL, whether or not something uses it. */
    BoringTls boring() {
        return boring;
    }

    /** Adds a problem if a configuration asks for an engine that cannot be used here. */
    static void check(Configuration configuration, List<Problem> problems) {
        boolean terminates = configuration.listeners().stream().anyMatch(listener -> listener.tls().isPresent());
        if (terminates && configuration.tls().engine() == Engine.BORINGSSL && BoringLibrary.problem() != null) {
            problems.add(Problem.at(configuration.tls().place(), new ConfigException("engine",
                    "boringssl cannot be used: " + BoringLibrary.problem(), "auto or jdk", null)));
            return;
        }
        for (ListenerConfig listener : configuration.listeners()) {
            String key = keyOfTheJdk(listener);
            if (configuration.tls().engine() == Engine.BORINGSSL && key != null) {
                problems.add(Problem.at(configuration.tls().place(), new ConfigException("engine",
                        "boringssl cannot do that here, and listener " + listener.name() + " has " + key,
                        "auto, which takes the JDK for that listener, or jdk", null)));
            }
        }
    }

    /** A key of a listener that only the engine of the JDK can follow; null = there is none. */
    private static @Nullable String keyOfTheJdk(ListenerConfig listener) {
        TerminatedTls tls = listener.tls().orElse(null);
        if (tls == null) {
            return null;
        }
        return tls.clientAuth().mode() != ClientAuth.Mode.NONE
                ? "clientAuth"
                : !tls.ciphers().isEmpty() ? "ciphers" : !tls.groups().isEmpty() ? "groups" : null;
    }

    /**
     * Checks whether the engine that is asked for takes a certificate.
     *
     * @throws ConfigException if it does not
     */
    static void check(TlsConfig config, Identity identity) {
        if (config.engine() == Engine.BORINGSSL && BoringLibrary.problem() == null) {
            String refusal = BoringTls.refusal(identity);
            if (refusal != null) {
                throw new ConfigException("certificate", refusal, "tls.engine auto or jdk, or another certificate",
                        null);
            }
        }
    }

    /** The engine of a listener, if that is BoringSSL; null = it is that of the JDK. */
    @Nullable
    BoringTls boring(TlsConfig config, ListenerConfig listener, Identities identities) {
        details.put(listener.name(), "tls.engine is jdk");
        if (config.engine() == Engine.JDK) {
            announce("TLS by the JDK, {}", Runtime.version().toString());
            return null;
        }
        String problem = BoringLibrary.problem();
        if (problem != null) {
            details.put(listener.name(), "BoringSSL cannot be used: " + problem);
            announce("TLS by the JDK; BoringSSL cannot be used: {}", problem);
            return null;
        }
        String key = keyOfTheJdk(listener);
        String refusal = key == null ? boring.prepare(listener.name(), identities) : "it has " + key;
        if (refusal != null) {
            details.put(listener.name(), "not BoringSSL: " + refusal);
            LOG.info("TLS of listener {} by the JDK: {}", listener.name(), refusal);
            return null;
        }
        details.put(listener.name(), BoringLibrary.version());
        announce("TLS by {}", BoringLibrary.version());
        return boring;
    }

    /** The version of the engine that {@link #boring} has chosen for a listener, or the reason for which it is not the other one. */
    String detail(String listener) {
        return details.getOrDefault(listener, "");
    }

    private void announce(String words, String detail) {
        if (!announced.equals(words)) {
            announced = words;
            LOG.info(words, detail);
        }
    }
}
