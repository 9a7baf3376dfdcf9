package dev.sluice.runtime;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import dev.sluice.runtime.admin.AdminToken;
import dev.sluice.runtime.config.FileStamp;
import dev.sluice.runtime.config.FilesRead;
import dev.sluice.runtime.config.ProblemsException;
import dev.sluice.runtime.engine.Engine;
import dev.sluice.runtime.engine.EngineException;
import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.ConfigFileView;
import dev.sluice.runtime.observe.ReloadCause;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reloads of one server: reads the configuration again, one reload at a time, and keeps the result of the last. Any
 * thread but an event loop's.
 */
final class Reloader {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);

    /** The time for which files that are fresh must stay as they are. */
    private static final long SETTLING_NANOS = TimeUnit.MILLISECONDS.toNanos(25);
    private static final int MOST_LOOKS = 100;

    /** A reload that has ended, or was refused. */
    private record Last(@Nullable ReloadResult result, @Nullable RuntimeException refusal) {}

    private final Engine engine;
    private final AdminPart admin;
    private final ServiceManager manager;
    private final ReentrantLock oneAtATime = new ReentrantLock();
    /** A reload that was asked for and has not begun. */
    private final AtomicReference<@Nullable CompletableFuture<ReloadResult>> waiting = new AtomicReference<>();
    private volatile ProxyConfig serving;
    /** Whether the plugins of {@link #serving} are to be closed with it. */
    private boolean ownsServing;
    private volatile @Nullable Last last;
    private volatile boolean running;
    /** The texts of the configuration as it was read last and not refused. */
    private volatile List<ConfigFileView> texts;
    /** The files of the last load, also if it was refused. */
    private volatile FilesRead files;
    private final ConfigWatch watch = new ConfigWatch(new Watched());
    private final ServingWarnings warnings = new ServingWarnings();

    /** @param owns whether the plugins of the configuration are to be closed with it */
    Reloader(Engine engine, AdminPart admin, ServiceManager manager, ProxyConfig serving, boolean owns) {
        this.engine = engine;
        this.admin = admin;
        this.manager = manager;
        this.serving = serving;
        this.ownsServing = owns;
        this.files = serving.filesRead();
        this.texts = serving.files();
    }

    /** Reports what is doubtful in the files of TLS, and starts to watch the files if the configuration wants that. */
    void start() {
        oneAtATime.lock();
        try {
            warnings.start(serving);
        } finally {
            oneAtATime.unlock();
        }
        watch.every(serving.configuration().runtime().watch());
    }

    /** The files of the configuration and of its filters. */
    private final class Watched implements ConfigWatch.Files {
        @Override
        public Object then() {
            return List.of(files.then(), engine.filterFiles());
        }

        @Override
        public Object now() {
            Map<Path, FileStamp> filters = new HashMap<>();
            engine.filterFiles().keySet().forEach(file -> filters.put(file, FileStamp.of(file)));
            return List.of(files.now(), filters);
        }

        @Override
        public void reload() {
            try {
                Reloader.this.reload(() -> serving.origin(), ReloadCause.WATCH);
            } catch (ConfigurationException | ReloadException reported) {
                // In the log, and in the result of the last reload.
            }
        }
    }

    /** The configuration that serves. */
    ProxyConfig serving() {
        return serving;
    }

    /** The texts of the configuration as it was read last and not refused. */
    List<ConfigFileView> texts() {
        return texts;
    }

    /** Reloads from the source of the configuration that serves. */
    ReloadResult reload() {
        return reload(() -> serving.origin(), ReloadCause.CALL);
    }

    /** Reloads from another source. */
    ReloadResult reload(Supplier<ConfigOrigin> source) {
        return reload(source, ReloadCause.CALL);
    }

    private ReloadResult reload(Supplier<ConfigOrigin> source, ReloadCause cause) {
        return counted(cause, () -> {
            ProxyConfig read = read(source.get());
            try {
                return apply(read, true, cause);
            } catch (RuntimeException | Error e) {
                read.plugins().close();
                throw e;
            }
        });
    }

    /**
     * Reads the configuration. Files that were written a moment ago are read until they stay as they are: half a file
     * may be a valid configuration, in which the last listeners are missing.
     */
    private ProxyConfig read(ConfigOrigin origin) {
        for (int look = 1;; look++) {
            FilesRead reading = new FilesRead();
            ProxyConfig read = null;
            RuntimeException refusal = null;
            try {
                read = origin.read(serving.plugins(), reading);
            } catch (ConfigurationException e) {
                refusal = e;
            }
            if (look == MOST_LOOKS || isSettled(reading)) {
                files = reading;
                if (read == null) {
                    throw refusal == null ? new IllegalStateException("nothing was read") : refusal;
                }
                return read;
            }
            if (read != null) {
                read.plugins().close();
            }
        }
    }

    private static boolean isSettled(FilesRead files) {
        if (!files.isFresh(Instant.now())) {
            return true;
        }
        LockSupport.parkNanos(SETTLING_NANOS);
        return files.then().equals(files.now());
    }

    /** Replaces the configuration by one that the caller has read. */
    ReloadResult reload(ProxyConfig given) {
        return counted(ReloadCause.CALL, () -> apply(given, false, ReloadCause.CALL));
    }

    private ReloadResult counted(ReloadCause cause, Supplier<ReloadResult> reload) {
        oneAtATime.lock();
        running = true;
        manager.reloading();
        try {
            ReloadResult result = reload.get();
            last = new Last(result, null);
            return result;
        } catch (ConfigurationException | ReloadException e) {
            engine.reloadRefused(cause, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
            last = new Last(null, e);
            LOG.error("Reload refused, generation {} goes on: {}", engine.view().configGeneration(), oneLine(e));
            throw e;
        } finally {
            running = false;
            manager.reloaded();
            oneAtATime.unlock();
        }
    }

    /** The reasons of a refusal, without excerpts of the file. */
    private static String oneLine(RuntimeException refusal) {
        List<ConfigurationProblem> problems = problems(refusal);
        return problems.isEmpty()
                ? String.valueOf(refusal.getMessage())
                : problems.stream().map(problem -> problem.text().lines().findFirst().orElse(""))
                        .collect(Collectors.joining("; "));
    }

    private static List<ConfigurationProblem> problems(RuntimeException refusal) {
        return refusal instanceof ConfigurationException invalid
                ? invalid.problems()
                : refusal instanceof ReloadException refused ? refused.problems() : List.of();
    }

    private ReloadResult apply(ProxyConfig next, boolean own, ReloadCause cause) {
        long begin = System.nanoTime();
        // Read now: what is wrong with its file is a reason to refuse.
        AdminToken token = next.adminToken();
        admin.nextToken(token);
        // Now too: nothing may fail once the configuration serves.
        List<ConfigurationProblem> doubts = ServingWarnings.all(next);
        ReloadResult result = refusing(() -> {
            var outcome = engine.reload(next.source(), next.configuration(), next.plugins());
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            ReloadResult applied = ReloadResult.of(next.origin().name(), outcome, doubts, took);
            engine.history().succeeded(outcome, cause, applied.lines().getFirst());
            return applied;
        });
        admin.useToken(token);
        texts = next.files();
        if (result.applied()) {
            if (ownsServing) {
                serving.plugins().close();
            }
            serving = next;
            ownsServing = own;
            files = next.filesRead();
            watch.every(next.configuration().runtime().watch());
        } else if (own) {
            next.plugins().close();
        }
        LOG.info("Reload: {}", String.join("; ", result.lines()));
        warnings.report(result.warnings());
        return result;
    }

    /** Finds out what {@link #reload(Supplier)} would do. */
    ReloadPlan plan(Supplier<ConfigOrigin> source) {
        oneAtATime.lock();
        try {
            ProxyConfig read = source.get().read(serving.plugins(), new FilesRead());
            try {
                read.adminToken();
                return plan(read);
            } finally {
                read.plugins().close();
            }
        } finally {
            oneAtATime.unlock();
        }
    }

    /** Finds out what {@link #reload(ProxyConfig)} would do. */
    ReloadPlan plan(ProxyConfig given) {
        oneAtATime.lock();
        try {
            return refusing(() -> ReloadPlan.of(given.origin().name(),
                    engine.plan(given.source(), given.configuration(), given.plugins()), ServingWarnings.all(given)));
        } finally {
            oneAtATime.unlock();
        }
    }

    /** A step of a reload. */
    private interface Step<T> {
        T run() throws ProblemsException;
    }

    private static <T> T refusing(Step<T> step) {
        try {
            return step.run();
        } catch (ProblemsException e) {
            throw ProxyConfig.refused(e);
        } catch (EngineException e) {
            throw new ReloadException(e);
        }
    }

    /**
     * Starts a reload for the admin interface, on a thread of its own. One that waits for its turn serves all who ask meanwhile.
     *
     * @return completed with the result, or with the refusal
     */
    CompletableFuture<ReloadResult> request() {
        CompletableFuture<ReloadResult> mine = new CompletableFuture<>();
        CompletableFuture<ReloadResult> known = waiting.compareAndExchange(null, mine);
        if (known != null) {
            return known;
        }
        Thread reloading = new Thread(() -> {
            oneAtATime.lock();
            try {
                waiting.set(null);
                mine.complete(reload(() -> serving.origin(), ReloadCause.ADMIN));
            } catch (RuntimeException | Error e) {
                mine.completeExceptionally(e);
            } finally {
                oneAtATime.unlock();
            }
        }, "sluice-reload");
        try {
            reloading.start();
        } catch (RuntimeException | Error e) {
            // No thread is left. Later requests must not wait for this one.
            waiting.set(null);
            mine.completeExceptionally(e);
        }
        return mine;
    }

    /** Whether a reload is under way. */
    boolean isRunning() {
        return running;
    }

    /** Writes the members of a JSON object about the last reload. */
    void writeLast(JsonWriter json) {
        Last ended = last;
        if (ended == null) {
            json.name("result").value("none");
        } else if (ended.result != null) {
            ended.result.writeTo(json);
        } else if (ended.refusal != null) {
            refusal(ended.refusal).accept(json);
        }
    }

    /** The members of a JSON object about a refusal. */
    static Consumer<JsonWriter> refusal(RuntimeException refusal) {
        return json -> {
            json.name("result").value("refused").name("problems").beginArray();
            List<ConfigurationProblem> problems = problems(refusal);
            problems.forEach(problem -> ReloadResult.write(json, problem));
            if (problems.isEmpty()) {
                json.beginObject().name("what").value(refusal.getMessage()).name("text").value(refusal.getMessage())
                        .endObject();
            }
            json.endArray().name("text").value(refusal.getMessage());
        };
    }

    /** Ends the watch. Before the engine is closed. */
    void stop() {
        watch.close();
    }

    /** Closes what belongs to the server, after the engine. */
    void close() {
        oneAtATime.lock();
        try {
            if (ownsServing) {
                serving.plugins().close();
            }
        } finally {
            oneAtATime.unlock();
        }
    }
}
