package dev.sluice.runtime.engine;

import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;

import dev.sluice.runtime.cluster.Cluster;
import dev.sluice.runtime.cluster.EndpointState;
import dev.sluice.runtime.cluster.EndpointWord;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.discovery.Discovery;
import dev.sluice.runtime.discovery.EndpointFileException;
import dev.sluice.runtime.discovery.FileSettings;
import dev.sluice.runtime.discovery.FoundEndpoint;
import dev.sluice.runtime.discovery.SourceSettings;
import dev.sluice.runtime.observe.ClientExplanation;
import dev.sluice.runtime.observe.ClientQuestion;
import dev.sluice.runtime.plugin.PluginRegistry;
import dev.sluice.runtime.wiring.ClusterSettings;
import dev.sluice.runtime.wiring.ConfiguredEndpointFiles;
import dev.sluice.runtime.wiring.Generation;
import dev.sluice.runtime.wiring.GenerationBuilder;
import dev.sluice.runtime.wiring.Running;
import org.jspecify.annotations.Nullable;

/**
 * The world without a server: files, and nothing else. Nobody listens, asks DNS, or checks an endpoint. One thread.
 */
public final class OfflineWorld implements Explainer.World {
    private final Configuration configuration;
    private final ConfiguredEndpointFiles files = new ConfiguredEndpointFiles(System.getenv());
    /** Whether an address leads to a listener of the configuration, or to its admin interface. */
    private final Predicate<SocketAddress> ownAddress;
    /** The reasons for which files with endpoints cannot be used. */
    private final Map<Path, String> unusable = new HashMap<>();

    private OfflineWorld(Configuration configuration) {
        this.configuration = configuration;
        Map<String, SocketAddress> written = new HashMap<>();
        configuration.listeners().forEach(listener -> written.put(listener.name(), listener.listen()));
        // The daemon may be for another machine, so the addresses of this one do not count.
        this.ownAddress = SelfDialCheck.own(configuration, written, Set::of);
    }

    /**
     * Answers a question as a server would that has just started. Makes the filters and closes them, and reads files;
     * opens no socket, and starts no thread that stays.
     *
     * @param plugins the plugins that the configuration was read with
     * @param question about a listener that it has
     * @throws ProblemsException with all problems that filters find
     */
    public static ClientExplanation explain(Configuration configuration, PluginRegistry plugins,
            ClientQuestion question) throws ProblemsException {
        OfflineWorld world = new OfflineWorld(configuration);
        Running running = new Running(configuration.runtime().eventLoops());
        Generation generation = new GenerationBuilder(running, world::answer).build(1, configuration, plugins, null);
        try {
            generation.applyLimits();
            Membership.publishFirst(generation);
            return Objects.requireNonNull(new Explainer(generation, world).explain(question), question.listener());
        } finally {
            generation.discard(null);
            running.close();
        }
    }

    private @Nullable List<FoundEndpoint> answer(SourceSettings source) {
        if (!(source instanceof FileSettings settings)) {
            return null;
        }
        try {
            return Discovery.usable(source, files.read(settings.file()), ownAddress);
        } catch (EndpointFileException e) {
            // A server starts without those endpoints, and waits for a better file.
            unusable.put(settings.file(), String.valueOf(e.getMessage()));
            return null;
        }
    }

    @Override
    public long generation() {
        return 0;
    }

    @Override
    public Explainer.Socket socket(ListenerConfig listener) {
        return new Explainer.Socket(ClientExplanation.OFFLINE, listener.listen(), null);
    }

    @Override
    public String state(EndpointState endpoint, long now) {
        return EndpointWord.UNCHECKED.label();
    }

    @Override
    public String noEndpoints(Cluster cluster) {
        SourceSettings source = source(cluster.name());
        if (source == null) {
            return "the cluster has no endpoints: the connection is reset (no-endpoint)";
        }
        String why = source instanceof FileSettings settings ? unusable.get(settings.file()) : null;
        if (why != null) {
            return "not known: the file with the endpoints cannot be used: " + why;
        }
        return source instanceof FileSettings
                ? "the file with the endpoints has none: the connection is reset (no-endpoint)"
                : "not known offline: DNS (" + source.label() + ") has the endpoints, and only a daemon asks";
    }

    private @Nullable SourceSettings source(String cluster) {
        for (ClusterConfig config : configuration.clusters()) {
            if (config.name().equals(cluster)) {
                return ClusterSettings.source(config);
            }
        }
        return null;
    }
}
