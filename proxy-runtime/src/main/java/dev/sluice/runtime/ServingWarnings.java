package dev.sluice.runtime;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The warnings about the configuration that serves. Each goes to the log once, and again only if it was gone meanwhile. One
 * thread at a time.
 */
final class ServingWarnings {
    private static final Logger LOG = LoggerFactory.getLogger(ServingWarnings.class);

    /** A warning, wherever its line is by now. */
    private record Known(String path, String what) {
        static Known of(ConfigurationProblem warning) {
            return new Known(warning.path(), warning.what());
        }
    }

    private Set<Known> known = Set.of();

    /** Reports those about files of the first configuration. Those about its text are known to the caller that has read it. */
    void start(ProxyConfig first) {
        Set<Known> told = new HashSet<>();
        first.warnings().forEach(warning -> told.add(Known.of(warning)));
        known = told;
        report(all(first));
    }

    /** All that a configuration gives now: those about its text, then those about files that it names. */
    static List<ConfigurationProblem> all(ProxyConfig config) {
        List<ConfigurationProblem> all = new ArrayList<>(config.warnings());
        all.addAll(config.fileWarnings());
        return all;
    }

    /** Reports those that are new. */
    void report(List<ConfigurationProblem> warnings) {
        Set<Known> now = new HashSet<>();
        for (ConfigurationProblem warning : warnings) {
            Known one = Known.of(warning);
            now.add(one);
            if (!known.contains(one)) {
                LOG.warn("{}", line(warning));
            }
        }
        known = now;
    }

    /** A warning without the excerpt of the file. */
    static String line(ConfigurationProblem warning) {
        return warning.text().lines().findFirst().orElse("");
    }
}
