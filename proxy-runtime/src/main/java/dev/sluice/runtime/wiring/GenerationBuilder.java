package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.google.inject.Guice;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.HealthCheckConfig;
import dev.sluice.runtime.health.CheckSettings;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.tls.ClientSettings;
import dev.sluice.runtime.tls.Identities;
import dev.sluice.runtime.tls.TicketRules;
import dev.sluice.runtime.tls.trust.ClientTrust;
import org.jspecify.annotations.Nullable;

/**
 * The builder of a server's generations, which share its running state. One thread at a time, because the running state
 * requires it.
 */
public final class GenerationBuilder {
    private final Running running;
    private final SourceAnswers answers;
    private volatile Map<Path, FileStamp> wanted = Map.of();

    /**
     * A builder for one server.
     *
     * @param answers the endpoints that have been found
     */
    public GenerationBuilder(Running running, SourceAnswers answers) {
        this.running = running;
        this.answers = answers;
    }

    /**
     * Builds everything that a configuration needs. Starts nothing, opens nothing but the resources of filters, and
     * does not change the limits in force. What is the same as in {@code previous} is taken from there. The generation
     * is to be published, or to be discarded.
     *
     * @param number of the generation, from 1
     * @param plugins the plugins that the configuration was read with
     * @param previous the generation that serves; null = none
     * @throws ProblemsException with all problems that filters find; nothing is left open then
     */
    public Generation build(long number, Configuration configuration, PluginRegistry plugins,
            @Nullable Generation previous) throws ProblemsException {
        FilterAssembly filters = new FilterAssembly(configuration, running, previous);
        List<Problem> problems = new ArrayList<>(filters.problems());
        Map<Path, FileStamp> checkFiles = new LinkedHashMap<>();
        Map<String, ClientSettings> upstreamTls = UpstreamTlsSettings.of(configuration, problems, checkFiles);
        Map<String, CheckSettings> checks = HealthCheckSettings.of(configuration, upstreamTls, problems, checkFiles);
        Map<String, Identities> certificates = TlsSettings.certificates(configuration, problems, checkFiles);
        Map<String, ClientTrust> trusts = ClientTrusts.of(configuration, problems, checkFiles);
        Map<String, TicketRules> tickets = TicketFiles.of(configuration, problems, checkFiles);
        Map<Path, FileStamp> wantedNow = new LinkedHashMap<>(filters.files());
        if (!problems.isEmpty()) {
            wantedNow.putAll(checkFiles);
        }
        wanted = wantedNow;
        if (!problems.isEmpty()) {
            filters.close();
            throw new ProblemsException(problems);
        }
        return Guice
                .createInjector(
                        new GenerationModule(number, configuration, plugins, filters, checks, checkFiles, certificates,
                                upstreamTls, trusts, tickets, running, answers, previous))
                .getInstance(Generation.class);
    }

    /** The files that filters, health checks and listeners with problems looked for in the last build, with their state then; any thread. */
    public Map<Path, FileStamp> wantedFiles() {
        return wanted;
    }

    /**
     * Finds the problems of a configuration that show only when its filters and health checks are created, and those of
     * its files with endpoints: a server starts and waits for a better file, but an operator who checks wants to know.
     *
     * @return warnings about what can be used, and should not be
     * @throws ProblemsException with all of them
     */
    public static List<Problem> check(Configuration configuration) throws ProblemsException {
        FilterAssembly filters = new FilterAssembly(configuration,
                new Running(configuration.runtime().eventLoops()), null);
        filters.close();
        List<Problem> problems = new ArrayList<>(filters.problems());
        HealthCheckSettings.of(configuration, UpstreamTlsSettings.of(configuration, problems, new LinkedHashMap<>()),
                problems,
                new LinkedHashMap<>());
        TlsSettings.certificates(configuration, problems, new LinkedHashMap<>());
        ConfiguredEndpointFiles.check(configuration, problems);
        ClientTrusts.of(configuration, problems, new LinkedHashMap<>());
        TicketFiles.of(configuration, problems, new LinkedHashMap<>());
        if (!problems.isEmpty()) {
            throw new ProblemsException(problems);
        }
        return warnings(configuration);
    }

    /** Warnings about the files of certificates, keys and lists that a configuration names, and that could be read. */
    public static List<Problem> warnings(Configuration configuration) {
        boolean none = configuration.listeners().stream().allMatch(listener -> listener.tls().isEmpty())
                && configuration.clusters().stream().allMatch(cluster -> cluster.tls().isEmpty()
                        && cluster.healthCheck().flatMap(HealthCheckConfig::tls).isEmpty());
        // A start without TLS does not load the classes that read certificates.
        return none ? List.of() : CertificateWarnings.of(configuration);
    }
}
