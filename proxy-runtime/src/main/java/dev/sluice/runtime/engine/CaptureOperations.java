package dev.sluice.runtime.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.sluice.runtime.capture.Capture;
import dev.sluice.runtime.capture.CaptureBlock;
import dev.sluice.runtime.capture.CaptureControl;
import dev.sluice.runtime.capture.CaptureReader;
import dev.sluice.runtime.capture.CaptureRequest;
import dev.sluice.runtime.capture.CaptureView;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.Events;
import dev.sluice.runtime.relay.Worker;
import org.jspecify.annotations.Nullable;

/** The captures of connections: which there are, and whether one may begin. Any thread. */
final class CaptureOperations implements CaptureControl {
    /** Captures that may run at one time, and of others that were not read to their end. */
    private static final int MOST = 4;
    /** The time for the loops to begin: one that hangs begins later. */
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final Generations generations;
    private final EventLoops loops;
    private final Events events;
    /** Guarded by itself. */
    private final List<CaptureReader> captures = new ArrayList<>();
    private long lastId;

    CaptureOperations(Generations generations, EventLoops loops, Events events) {
        this.generations = generations;
        this.loops = loops;
        this.events = events;
    }

    @Override
    public CaptureView start(CaptureRequest request) throws RefusedException {
        check(request);
        Capture capture;
        synchronized (captures) {
            forget();
            List<CaptureReader> over = captures.stream().filter(each -> !each.capture().view().isRunning()).toList();
            if (captures.size() - over.size() >= MOST) {
                throw new RefusedException(
                        MOST + " captures are running; GET /captures lists them, POST /captures/{id}/stop ends one. One"
                                + " that nobody reads ends by itself after "
                                + TimeUnit.NANOSECONDS.toSeconds(Capture.PATIENCE_NANOS) + " s",
                        false);
            }
            if (over.size() >= MOST) {
                captures.remove(over.getFirst());
            }
            lastId++;
            Duration wall = Duration.between(Instant.EPOCH, Instant.now());
            long now = System.nanoTime();
            capture = new Capture(lastId, request, now, () -> isPermitted(request));
            captures.add(new CaptureReader(capture, wall.toNanos() - now));
        }
        // A client that connects after the answer is seen.
        loops.queryAll(loops.workers(), Worker::loop, worker -> {
            worker.captures().begin(capture);
            return true;
        }, PATIENCE);
        events.add(Event.Kind.OPERATOR, "capture " + capture.id(), "began, where " + request.text() + ", layer "
                + request.layer().label() + (request.payload() ? ", with payload" : ", without payload"));
        return capture.view();
    }

    private AdminConfig.Capture permitted() {
        return generations.serving().configuration().admin().map(AdminConfig::capture).orElse(AdminConfig.Capture.OFF);
    }

    private boolean isPermitted(CaptureRequest request) {
        AdminConfig.Capture permitted = permitted();
        return permitted == AdminConfig.Capture.PAYLOAD
                || (permitted == AdminConfig.Capture.HEADERS && !request.payload());
    }

    private void check(CaptureRequest request) throws RefusedException {
        AdminConfig.Capture permitted = permitted();
        if (permitted == AdminConfig.Capture.OFF) {
            throw new RefusedException(
                    "the configuration has admin.capture: off; headers permits captures without payload, payload"
                            + " those with it",
                    true);
        }
        if (request.payload() && permitted != AdminConfig.Capture.PAYLOAD) {
            throw new RefusedException(
                    "a capture with payload shows what clients and endpoints say, also within TLS; the configuration"
                            + " permits it with admin.capture: payload. Without payload a capture has addresses, lengths and times",
                    true);
        }
    }

    @Override
    public List<CaptureView> list() {
        synchronized (captures) {
            forget();
            return captures.stream().map(each -> each.capture().view()).toList();
        }
    }

    private void forget() {
        long now = System.nanoTime();
        captures.forEach(each -> {
            if (each.capture().isOver(now)) {
                note(each);
            }
        });
        captures.removeIf(each -> each.isForgotten(now));
    }

    private @Nullable CaptureReader find(long id) {
        synchronized (captures) {
            return captures.stream().filter(each -> each.capture().id() == id).findFirst().orElse(null);
        }
    }

    @Override
    public @Nullable CaptureView stop(long id) {
        CaptureReader reader = find(id);
        if (reader == null) {
            return null;
        }
        Capture found = reader.capture();
        found.stop();
        note(reader);
        return found.view();
    }

    @Override
    public @Nullable CaptureBlock read(long id, long offset) {
        CaptureReader found = find(id);
        if (found == null) {
            return null;
        }
        synchronized (found) {
            CaptureBlock block = found.read(offset, System.nanoTime());
            note(found);
            return block;
        }
    }

    /** Makes an event of the end of a capture, once. */
    private void note(CaptureReader reader) {
        CaptureView view = reader.capture().view();
        if (!view.isRunning() && reader.noteEnd()) {
            events.add(Event.Kind.OPERATOR, "capture " + view.id(), "ended: " + view.state() + "; " + view.connections()
                    + " connections, " + view.events() + " events");
        }
    }
}
