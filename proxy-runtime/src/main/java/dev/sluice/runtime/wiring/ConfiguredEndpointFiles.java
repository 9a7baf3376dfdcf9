package dev.sluice.runtime.wiring;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.sluice.runtime.config.EndpointsFile;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.Problem;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.discovery.EndpointFileException;
import dev.sluice.runtime.discovery.EndpointFiles;
import dev.sluice.runtime.discovery.FoundEndpoint;

/** The files with endpoints, read by the rules of the configuration. Any thread that may wait. */
public final class ConfiguredEndpointFiles implements EndpointFiles {
    /** The most problems of a file that are reported. */
    private static final int SHOWN = 5;

    private final EndpointsFile reader;

    /** @param environment the variables that files may use, usually {@link System#getenv()}; copied */
    public ConfiguredEndpointFiles(Map<String, String> environment) {
        this.reader = new EndpointsFile(environment);
    }

    /**
     * Reads all files with endpoints that a configuration names.
     *
     * @param problems gets those that they have
     */
    static void check(Configuration configuration, List<Problem> problems) {
        EndpointsFile reader = new EndpointsFile(System.getenv());
        configuration.clusters().stream().flatMap(cluster -> cluster.endpointsFile().stream()).distinct()
                .forEach(file -> {
                    try {
                        reader.read(file);
                    } catch (ProblemsException e) {
                        problems.addAll(e.problems());
                    }
                });
    }

    @Override
    public Object stamp(Path file) {
        return FileStamp.of(file);
    }

    @Override
    public List<FoundEndpoint> read(Path file) throws EndpointFileException {
        try {
            return reader.read(file).stream().map(ConfiguredEndpointFiles::found).toList();
        } catch (ProblemsException e) {
            List<Problem> problems = e.problems();
            throw new EndpointFileException(problems.stream().limit(SHOWN).map(ConfiguredEndpointFiles::line)
                    .collect(Collectors.joining("; "))
                    + (problems.size() > SHOWN
                            ? "; and " + (problems.size() - SHOWN) + " more problems"
                            : ""),
                    e);
        }
    }

    /** A problem in one line, for a log. */
    private static String line(Problem problem) {
        return new Problem(problem.source(), problem.line(), problem.column(), problem.path(), problem.what(),
                problem.allowed(), problem.didYouMean(), null).render();
    }

    private static FoundEndpoint found(ClusterConfig.Endpoint endpoint) {
        return new FoundEndpoint(endpoint.address(), endpoint.weight(), endpoint.maxConnections().orElse(0),
                endpoint.backup(), endpoint.proxyProtocol().map(ProxyProtocolSettings::sent).orElse(null));
    }
}
