package dev.sluice.dist;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;

import dev.sluice.runtime.ConfigurationException;
import dev.sluice.runtime.ProxyConfig;
import dev.sluice.runtime.ProxyServer;
import dev.sluice.runtime.ReloadException;
import dev.sluice.runtime.Termination;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One proxy as a process, from its configuration to its exit code.
 *
 * <pre>
 *            ready line         TERM, INT, admin          last one closed, or deadline
 * starting ------------> serving ------------> draining ------------------------------> exit 0, or 3 if connections were cut
 *    |                                            |
 *    | TERM, INT                                  | TERM, INT again
 *    v                                            v
 *  exit 0                                       reset what is open, exit 3 if there was anything
 * </pre>
 *
 * <p>With {@code runtime.drainDelay}, draining begins with a time in which it still accepts; a second signal ends that
 * too.
 *
 * <p>A third signal does not even wait for open connections to be reset.
 *
 * <p><b>Thread.</b> {@link #run} belongs to the main thread, which waits for the termination of the server. The thread
 * that receives the signals never waits: the drain, the reset, its time limit, and the log messages about a signal have
 * threads of their own, which exist before the server does. At a stop, the system might refuse a new thread (a control
 * group whose limit is used up).
 */
final class Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
    /**
     * The time that a second signal leaves for resets: without them the kernel would end some connections as if
     * complete.
     */
    private static final Duration RESET_TIME = Duration.ofMillis(500);

    /**
     * Threads for the drain, the reset that overtakes it, the time limit of the reset, a line of the log, which may
     * block, a reload, and one that waits for it.
     */
    private static final int WORKERS = 6;

    private final PrintStream out;
    private final Messages messages;
    private final ScheduledThreadPoolExecutor work = new ScheduledThreadPoolExecutor(WORKERS,
            Thread.ofPlatform().daemon().name("daemon-", 0).factory());
    private final AtomicInteger stopSignals = new AtomicInteger();
    /** Whether a reload has been asked for that has not begun. */
    private final AtomicBoolean reloadAsked = new AtomicBoolean();
    /** Held by a reload, so that a second one waits before it forgets that it was asked for. */
    private final ReentrantLock reloading = new ReentrantLock();
    private volatile @Nullable ProxyServer server;

    Daemon(PrintStream out, Messages messages) {
        this.out = out;
        this.messages = messages;
    }

    /**
     * Serves until a signal or the admin interface ends it.
     *
     * @param keyLog the file for the secrets of TLS sessions; null = none is written
     * @return the exit code
     * @throws dev.sluice.runtime.ConfigurationException if the file is refused; nothing was started
     * @throws dev.sluice.runtime.StartException if the system refuses, for instance a port; nothing is left open
     */
    int run(Path file, @Nullable Path keyLog) throws InterruptedException {
        work.prestartAllCoreThreads();
        Signals signals = Signals.handle(List.of("TERM", "INT", "HUP", "USR1"), this::obey);

        try (ProxyServer proxy = start(file, keyLog)) {
            server = proxy;
            signals.awaitInstalled();
            out.println(ReadyLine.of(proxy.addresses(), proxy.adminAddress()));
            out.flush();
            proxy.reportReady();
            LOG.info("Serving {}; configuration {}", ReadyLine.addresses(proxy.addresses(), proxy.adminAddress()),
                    file);
            LogSetup.prepare();
            if (reloadAsked.get()) {
                work.execute(() -> reload("SIGHUP"));
            }
            // Ended by a signal, by two, or by the admin interface.
            Termination end = proxy.awaitTermination();
            if (end.cause() == Termination.Cause.FAILED) {
                return ExitCode.FATAL;
            }
            LOG.info("Stopped; of {} open connections, {} were cut", end.open(), end.cut());
            return exitCode(end.cut());
        }
    }

    /**
     * Not in {@link #run}, whose frame lasts as long as the process: it would keep the first configuration, and with it
     * the classes of plugins that have been replaced since.
     */
    private ProxyServer start(Path file, @Nullable Path keyLog) {
        ProxyConfig config = Installation.loader().load(file);
        messages.warnings(config.warnings());
        ProxyServer.Builder proxy = ProxyServer.builder().config(config).logLevels(new LogbackLevels())
                .serviceManager(System.getenv());
        if (keyLog != null) {
            proxy.tlsKeyLog(keyLog);
        }
        return proxy.start();
    }

    /** Acts on a signal, without blocking. Any thread. */
    private void obey(String signal) {
        switch (signal) {
            case "SIGHUP" -> askForReload(signal);
            case "SIGUSR1" -> work.execute(() -> reopenLogs(signal));
            default -> stop(signal, stopSignals.incrementAndGet());
        }
    }

    private void stop(String signal, int count) {
        ProxyServer proxy = server;
        if (count > 2) {
            Runtime.getRuntime().halt(proxy == null ? ExitCode.CLEAN : ExitCode.CUT);
        } else if (proxy == null) {
            work.execute(() -> stopBeforeReady(signal));
        } else if (count == 1) {
            work.execute(() -> drain(proxy, signal));
        } else {
            Future<?> limit = work.schedule(() -> leave(ExitCode.CUT), RESET_TIME.toMillis(), TimeUnit.MILLISECONDS);
            work.execute(() -> stopNow(proxy, signal, limit));
        }
    }

    private static void stopBeforeReady(String signal) {
        LOG.info("{} before the proxy was ready: stopped", signal);
        leave(ExitCode.CLEAN);
    }

    private static void drain(ProxyServer proxy, String signal) {
        String delay = proxy.drainDelay().isZero()
                ? ""
                : "accepting for another " + text(proxy.drainDelay()) + ", then ";
        LOG.info("{}: {}draining; open connections have {} to finish, a second signal cuts them", signal, delay,
                text(proxy.drainTimeout()));
        try {
            proxy.drain(proxy.drainTimeout());
            proxy.close();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private static void stopNow(ProxyServer proxy, String signal, Future<?> limit) {
        LOG.warn("{} again: stopping now, open connections are cut", signal);
        try {
            proxy.close();
        } catch (RuntimeException | Error e) {
            failed(e);
        }
        // The main thread has been waiting for this; it logs the end and exits.
        limit.cancel(false);
    }

    private static void failed(Throwable e) {
        LOG.error("The drain failed; stopped with its connections cut", e);
        leave(ExitCode.FATAL);
    }

    /** Reloads, unless a reload for an earlier signal has not begun yet: it will read what this one would. */
    private void askForReload(String signal) {
        if (!reloadAsked.getAndSet(true)) {
            work.execute(() -> reload(signal));
        }
    }

    private void reload(String signal) {
        ProxyServer proxy = server;
        if (proxy == null) {
            // Remembered until the proxy is ready.
            return;
        }
        reloading.lock();
        try {
            reloadAsked.set(false);
            LOG.info("{}: reloading the configuration", signal);
            proxy.reload();
        } catch (ConfigurationException | ReloadException e) {
            // Reported by the server, in the log.
        } catch (RuntimeException | Error e) {
            LOG.error("The reload failed, and the configuration is as it was. Please report this.", e);
        } finally {
            reloading.unlock();
        }
    }

    private void reopenLogs(String signal) {
        ProxyServer proxy = server;
        if (proxy != null) {
            LOG.info("{}: reopening the logs", signal);
            proxy.reopenLogs();
        }
    }

    /** As in the configuration: {@code 30s}, {@code 1h}. */
    private static String text(Duration duration) {
        return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
    }

    private static int exitCode(int cut) {
        return cut > 0 ? ExitCode.CUT : ExitCode.CLEAN;
    }

    private static void leave(int code) {
        LogSetup.flush();
        Runtime.getRuntime().halt(code);
    }
}
