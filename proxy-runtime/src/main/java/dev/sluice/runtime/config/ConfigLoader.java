package dev.sluice.runtime.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.memory.AvailableMemory;
import dev.sluice.runtime.memory.MemoryPlan;
import dev.sluice.runtime.observe.ConfigFileView;
import dev.sluice.runtime.yaml.NodePath;
import org.jspecify.annotations.Nullable;

/**
 * A loader that reads and checks configurations. Immutable; may be used from any thread, except that a load reads files
 * and so must not run on an event loop.
 */
public final class ConfigLoader {
    /** The key of the admin section. */
    static final String ADMIN = "admin";

    private final Environment environment;
    private final @Nullable TestChanges changes;

    /** @param environment the variables that <code>${NAME}</code> stands for, usually {@link System#getenv()}; copied */
    public ConfigLoader(Map<String, String> environment) {
        this(environment, null);
    }

    /**
     * A loader for a test.
     *
     * @param environment as above
     * @param changes made to each configuration; null = none
     */
    public ConfigLoader(Map<String, String> environment, @Nullable TestChanges changes) {
        this.changes = changes;
        this.environment = new Environment(environment);
    }

    /**
     * A configuration that is valid.
     *
     * @param warnings things that are allowed but probably not meant, in the order of files and lines
     * @param files the texts that it was read from, the including file before the included ones
     */
    public record Loaded(Configuration configuration, List<Problem> warnings, List<ConfigFileView> files) {
        public Loaded {
            files = List.copyOf(files);
            warnings = List.copyOf(warnings);
        }
    }

    /**
     * Reads a file and all that it includes. Patterns of {@code include:} are relative to their file. An included file
     * adds its listeners and clusters after those of the including one, files of one pattern in the order of their
     * paths; any other section may be in one file only.
     *
     * @param filters the types of filters that it may name
     * @throws ProblemsException if anything is wrong, with all that is
     */
    public Loaded load(Path file, FilterSource filters) throws ProblemsException {
        return load(file, filters, new FilesRead());
    }

    /** Like {@link #load(Path, FilterSource)}; {@code files} gets the files that it depends on, also if it is refused. */
    public Loaded load(Path file, FilterSource filters, FilesRead files) throws ProblemsException {
        Context context = new Context(new Problems(), environment);
        return check(context, new DocumentLoader(context, files, changes).load(file), filters);
    }

    /**
     * Reads a text. It may include files by absolute paths only, because a text has no directory.
     *
     * @param sourceName the name in messages, in place of a file's path
     * @param filters the types of filters that it may name
     * @throws ProblemsException if anything is wrong, with all that is
     */
    public Loaded parse(String yaml, String sourceName, FilterSource filters) throws ProblemsException {
        return parse(yaml, sourceName, filters, new FilesRead());
    }

    /** Like {@link #parse(String, String, FilterSource)}; {@code files} gets the files that it includes. */
    public Loaded parse(String yaml, String sourceName, FilterSource filters, FilesRead files)
            throws ProblemsException {
        Context context = new Context(new Problems(), environment);
        return check(context, new DocumentLoader(context, files, changes).parse(yaml, sourceName), filters);
    }

    /**
     * Reads the section {@code admin} of a file and its includes, whatever is wrong with the rest.
     *
     * @return the section; empty if no file has one
     * @throws ProblemsException if the file cannot be read, or the section is wrong
     */
    public Optional<AdminConfig> admin(Path file) throws ProblemsException {
        Problems problems = new Problems();
        Context context = new Context(problems, environment);
        DocumentLoader.Documents documents = new DocumentLoader(context).load(file);
        if (documents.roots().isEmpty()) {
            throw new ProblemsException(problems.errors());
        }
        Optional<AdminConfig> admin = new ConfigurationBinder(context, plugins -> FilterCatalog.EMPTY, memoryPlan())
                .admin(documents);
        admin.ifPresent(new SectionChecks(problems, memoryPlan())::admin);
        List<Problem> wrong = problems.errors().stream().filter(problem -> problem.path().startsWith(ADMIN)).toList();
        if (!wrong.isEmpty()) {
            throw new ProblemsException(wrong);
        }
        if (admin.isEmpty() && !documents.complete()) {
            // It may be in a file that could not be read.
            throw new ProblemsException(problems.errors());
        }
        return admin;
    }

    private static MemoryPlan memoryPlan() {
        return new MemoryPlan(AvailableMemory.bytes(), Runtime.getRuntime().maxMemory());
    }

    private Loaded check(Context context, DocumentLoader.Documents documents,
            FilterSource filters) throws ProblemsException {
        Problems problems = context.problems();
        if (!documents.roots().isEmpty()) {
            MemoryPlan plan = memoryPlan();
            int loops = changes == null ? ConfigurationBinder.MOST_EVENT_LOOPS : TestChanges.EVENT_LOOPS;
            Configuration configuration = new ConfigurationBinder(context, filters, plan).read(documents, loops);
            new SectionChecks(problems, plan).check(configuration);
            ConfigPlace main = new NodePlace(documents.main().node(), NodePath.ROOT, context.environment());
            new Consistency(configuration, problems).check(main, documents.complete());
            if (problems.isEmpty()) {
                return new Loaded(configuration, problems.warnings(), documents.files());
            }
        }
        throw new ProblemsException(problems.errors());
    }
}
