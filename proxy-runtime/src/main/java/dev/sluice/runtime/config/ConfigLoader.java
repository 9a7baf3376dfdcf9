package dev.sluice.runtime.config;

import java.nio.file.Path;
import java.util.Map;

import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;

/**
 * Reads and checks configurations. Immutable; may be used from any thread, except that a load reads files and so never belongs on an event
 * loop.
 */
public final class ConfigLoader {
    private final Environment environment;

    /** @param environment the variables that <code>${NAME}</code> stands for, usually {@link System#getenv()}; copied */
    public ConfigLoader(Map<String, String> environment) {
        this.environment = new Environment(environment);
    }

    /**
     * Reads a file and all that it includes, without filters. Patterns of {@code include:} are relative to the file in which they stand; an
     * included file adds its listeners and clusters behind those of the including one, files of one pattern in the order of their paths; any
     * other section may stand in one file only.
     *
     * @throws ProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig load(Path file) throws ProblemsException {
        return load(file, FilterSource.NONE);
    }

    /**
     * Reads a file and all that it includes.
     *
     * @param filters the types of filters that it may name
     * @throws ProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig load(Path file, FilterSource filters) throws ProblemsException {
        Context context = new Context(new Problems(), environment);
        return check(context, new DocumentLoader(context).load(file), filters);
    }

    /**
     * Reads a text, without filters. It may include files by absolute paths only, because a text has no directory.
     *
     * @param sourceName stands in messages where the file stands for a file
     * @throws ProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig parse(String yaml, String sourceName) throws ProblemsException {
        return parse(yaml, sourceName, FilterSource.NONE);
    }

    /**
     * Reads a text.
     *
     * @param sourceName stands in messages where the file stands for a file
     * @param filters the types of filters that it may name
     * @throws ProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig parse(String yaml, String sourceName, FilterSource filters) throws ProblemsException {
        Context context = new Context(new Problems(), environment);
        return check(context, new DocumentLoader(context).parse(yaml, sourceName), filters);
    }

    private static LoadedConfig check(Context context, DocumentLoader.Documents documents,
            FilterSource filters) throws ProblemsException {
        Problems problems = context.problems();
        if (!documents.roots().isEmpty()) {
            Configuration configuration = new ConfigurationBinder(context, filters).read(documents);
            new SectionChecks(problems).check(configuration);
            ConfigPlace main = new NodePlace(documents.main().node(), ConfigPath.ROOT, context.environment());
            new Consistency(configuration, problems).check(main, documents.complete());
            if (problems.isEmpty()) {
                return new LoadedConfig(configuration, problems.warnings());
            }
        }
        throw new ProblemsException(problems.errors());
    }
}
