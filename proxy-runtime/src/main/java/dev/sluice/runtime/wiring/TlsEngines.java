package dev.sluice.runtime.wiring;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.sluice.api.config.ConfigException;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.model.CipherSuite;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.KeyGroup;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.config.model.TlsConfig;
import dev.sluice.runtime.config.model.TlsConfig.Engine;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.boring.BoringLibrary;
import dev.sluice.runtime.tls.boring.BoringTls;
import dev.sluice.runtime.tls.boring.KeyLogFile;
import dev.sluice.runtime.tls.jdk.JdkServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The choice of the engine of TLS by {@code tls.engine}, with a line in the log. One thread at a time. */
final class TlsEngines {
    private static final Logger LOG = LoggerFactory.getLogger(TlsEngines.class);

    /** All of TLS 1.3 that are spoken. */
    private static final long SUITES_13 = JdkServer.SUITES.stream().map(CipherSuite::new)
            .filter(CipherSuite::isTls13).count();

    private final BoringTls boring;
    private final boolean logsKeys;
    private final Map<String, String> details = new HashMap<>();
    private String announced = "";

    /** @param keyLog for the secrets of sessions; null = none is written */
    TlsEngines(@Nullable KeyLogFile keyLog) {
        this.boring = new BoringTls(keyLog);
        this.logsKeys = keyLog != null;
    }

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
            listener.tls().ifPresent(tls -> needed(configuration.tls(), tls, key, problems));
        }
    }

    /** Adds a problem if a listener would be served by the JDK, and has keys that it cannot follow. */
    private static void needed(TlsConfig config, TerminatedTls tls, @Nullable String keyOfTheJdk,
            List<Problem> problems) {
        String reason = config.engine() == Engine.JDK
                ? "tls.engine is jdk"
                : BoringLibrary.problem() != null
                        ? "it cannot be used here: " + BoringLibrary.problem()
                        : keyOfTheJdk == null ? null : "the listener has " + keyOfTheJdk;
        if (reason == null) {
            return;
        }
        if (tls.groups().stream().anyMatch(KeyGroup::isHybrid)) {
            problems.add(Problem.at(tls.place(), new ConfigException("groups",
                    "X25519MLKEM768 is spoken by BoringSSL only, and " + reason,
                    "tls.engine: boringssl or auto; or other groups", null)));
        }
        if (!tls.tickets().keys().isEmpty()) {
            problems.add(Problem.at(tls.tickets().place(), new ConfigException("keys",
                    "the JDK takes no keys of tickets, BoringSSL does, and " + reason,
                    "tls.engine: boringssl or auto; or no keys, so that each process has its own", null)));
        }
    }

    private static boolean needsBoring(TerminatedTls tls) {
        return !tls.tickets().keys().isEmpty() || tls.groups().stream().anyMatch(KeyGroup::isHybrid);
    }

    /** A key of a listener that only the engine of the JDK can follow; null = there is none. */
    private static @Nullable String keyOfTheJdk(ListenerConfig listener) {
        TerminatedTls tls = listener.tls().orElse(null);
        long of13 = tls == null ? 0 : tls.ciphers().stream().filter(CipherSuite::isTls13).count();
        return of13 == 0 || of13 == SUITES_13 ? null : "ciphers with some of the suites of TLS 1.3, and not all";
    }

    /**
     * Checks whether the engine that is asked for takes a certificate.
     *
     * @throws ConfigException if it does not
     */
    static void check(TlsConfig config, TerminatedTls tls, Identity identity) {
        boolean needed = config.engine() == Engine.BORINGSSL || (config.engine() == Engine.AUTO && needsBoring(tls));
        if (needed && BoringLibrary.problem() == null) {
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
        BoringTls chosen = choose(config, listener, identities);
        if (chosen == null && logsKeys) {
            LOG.warn("The key log gets no secrets of listener {}, which the JDK serves", listener.name());
        }
        return chosen;
    }

    private @Nullable BoringTls choose(TlsConfig config, ListenerConfig listener, Identities identities) {
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
