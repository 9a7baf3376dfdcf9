package dev.sluice.runtime.config;

import java.nio.file.Path;
import java.util.Map;

import dev.sluice.runtime.memory.MemoryPlan;

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
     * @throws ConfigProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig load(Path file) throws ConfigProblemsException {
        return load(file, FilterSource.NONE);
    }

    /**
     * Reads a file and all that it includes.
     *
     * @param filters the types of filters that it may name
     * @throws ConfigProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig load(Path file, FilterSource filters) throws ConfigProblemsException {
        Section.Context context = new Section.Context(new Problems(), environment);
        return check(context, new DocumentLoader(context).load(file), filters);
    }

    /**
     * Reads a text, without filters. It may include files by absolute paths only, because a text has no directory.
     *
     * @param sourceName stands in messages where the file stands for a file
     * @throws ConfigProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig parse(String yaml, String sourceName) throws ConfigProblemsException {
        return parse(yaml, sourceName, FilterSource.NONE);
    }

    /**
     * Reads a text.
     *
     * @param sourceName stands in messages where the file stands for a file
     * @param filters the types of filters that it may name
     * @throws ConfigProblemsException if anything is wrong, with all that is
     */
    public LoadedConfig parse(String yaml, String sourceName, FilterSource filters) throws ConfigProblemsException {
        Section.Context context = new Section.Context(new Problems(), environment);
        return check(context, new DocumentLoader(context).parse(yaml, sourceName), filters);
    }

    private static MemoryPlan memoryPlan() {
        return new MemoryPlan(AvailableMemory.bytes(), Runtime.getRuntime().maxMemory());
    }

    private static LoadedConfig check(Section.Context context, DocumentLoader.Documents documents,
            FilterSource filters) throws ConfigProblemsException {
        Problems problems = context.problems();
        if (!documents.roots().isEmpty()) {
            Draft draft = new ConfigurationReader(context, filters, memoryPlan()).read(documents);
            new Consistency(draft, problems).check(documents.complete());
            if (problems.isEmpty()) {
                return new LoadedConfig(draft.configuration(), problems.warnings());
            }
        }
        throw new ConfigProblemsException(problems.errors());
    }
}
