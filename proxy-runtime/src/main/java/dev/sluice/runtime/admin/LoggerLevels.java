package dev.sluice.runtime.admin;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Pattern;

import dev.sluice.runtime.loop.Threads;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The levels of loggers, changed for ever or for some time. What was changed for some time is set back by a thread of
 * its own, or when this is closed. Any thread.
 */
public final class LoggerLevels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoggerLevels.class);
    private static final String INHERIT = "inherit";
    private static final Set<String> LEVELS = new LinkedHashSet<>(
            List.of("off", "error", "warn", "info", "debug", "trace", INHERIT));
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_.$-]{1,200}");
    private static final String ROOT = "ROOT";
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /**
     * A level that is set back.
     *
     * @param before the level of the logger before; null = that of its parent
     * @param untilNanos the time of {@link System#nanoTime} at which it is set back
     */
    private record Loan(@Nullable String before, long untilNanos, Thread thread) {}

    private final @Nullable LoggerAccess access;
    private final ReentrantLock lock = new ReentrantLock();
    /** The loggers that are set back later, by name. Guarded by the lock. */
    private final Map<String, Loan> loans = new HashMap<>();

    /** @param access to the loggers; null = there is none */
    public LoggerLevels(@Nullable LoggerAccess access) {
        this.access = access;
    }

    private static Response impossible() {
        return Response.error(501, "this program did not say how its log levels are changed:"
                + " ProxyServer.builder().logLevels(…)");
    }

    /** The loggers that have a level of their own, or one that is set back. */
    Response list() {
        LoggerAccess from = access;
        if (from == null) {
            return impossible();
        }
        Map<String, String> levels;
        Map<String, Loan> lent;
        lock.lock();
        try {
            levels = new TreeMap<>(from.levels().get());
            lent = Map.copyOf(loans);
        } finally {
            lock.unlock();
        }
        Set<String> names = new TreeSet<>(levels.keySet());
        names.addAll(lent.keySet());
        long now = System.nanoTime();
        return Response.json(200, json -> {
            json.name("loggers").beginArray();
            for (String name : names) {
                Loan loan = lent.get(name);
                json.beginObject().name("name").value(name).name("level").value(word(levels.get(name)));
                json.name("back_to").value(loan == null ? null : word(loan.before())).name("back_in_ms");
                if (loan == null) {
                    json.value((String) null);
                } else {
                    json.millis(loan.untilNanos() - now);
                }
                json.endObject();
            }
            json.endArray();
        });
    }

    private static String word(@Nullable String level) {
        return level == null ? INHERIT : level;
    }

    /**
     * Sets the level of a logger.
     *
     * @param wanted the level as it was sent; null = none was sent
     * @param time after which it is set back; null = never
     */
    Response set(String logger, @Nullable String wanted, @Nullable Duration time) {
        LoggerAccess to = access;
        if (to == null) {
            return impossible();
        }
        if (!NAME.matcher(logger).matches()) {
            throw new BadRequestException("\"" + logger + "\" is not the name of a logger; allowed: 1 to 200 of the"
                    + " letters A-Z a-z, digits, '_', '.', '$' and '-', such as dev.sluice, or " + ROOT);
        }
        if (wanted == null || !LEVELS.contains(wanted) || (wanted.equals(INHERIT) && logger.equals(ROOT))) {
            throw new BadRequestException((wanted == null ? "level is missing" : "level is \"" + wanted + "\"")
                    + "; allowed: " + String.join(", ", LEVELS) + " (" + INHERIT + " not for " + ROOT + ")");
        }
        String level = wanted.equals(INHERIT) ? null : wanted;
        lock.lock();
        try {
            Loan lent = loans.remove(logger);
            if (lent != null) {
                lent.thread().interrupt();
            }
            if (time != null) {
                String before = lent == null ? to.levels().get().get(logger) : lent.before();
                lend(to, logger, before, time);
            }
            to.set().accept(logger, level);
        } finally {
            lock.unlock();
        }
        if (time == null) {
            LOG.info("admin: the level of {} is now {}", logger, wanted);
        } else {
            LOG.info("admin: the level of {} is now {}, for {} s", logger, wanted, time.toSeconds());
        }
        return Response.json(200, json -> json.name("name").value(logger).name("level").value(wanted));
    }

    /** With the lock. */
    private void lend(LoggerAccess levels, String logger, @Nullable String before, Duration time) {
        Thread thread = Thread.ofVirtual().name("sluice-admin-level").unstarted(() -> {
            try {
                Thread.sleep(time);
            } catch (InterruptedException e) {
                // Another level was set, or the server is closed.
                return;
            }
            giveBack(levels, logger, Thread.currentThread());
        });
        loans.put(logger, new Loan(before, System.nanoTime() + time.toNanos(), thread));
        thread.start();
    }

    private void giveBack(LoggerAccess levels, String logger, Thread by) {
        String before;
        lock.lock();
        try {
            Loan loan = loans.get(logger);
            if (loan == null || loan.thread() != by) {
                return;
            }
            loans.remove(logger);
            before = loan.before();
            levels.set().accept(logger, before);
        } finally {
            lock.unlock();
        }
        LOG.info("admin: the time is over, the level of {} is {} again", logger, word(before));
    }

    /** Sets back what was changed for some time. */
    @Override
    public void close() {
        LoggerAccess to = access;
        if (to == null) {
            return;
        }
        Map<String, Loan> rest;
        lock.lock();
        try {
            rest = Map.copyOf(loans);
            loans.clear();
            rest.forEach((logger, loan) -> to.set().accept(logger, loan.before()));
        } finally {
            lock.unlock();
        }
        rest.values().forEach(loan -> loan.thread().interrupt());
        rest.values().forEach(loan -> Threads.join(loan.thread(), PATIENCE));
    }
}
