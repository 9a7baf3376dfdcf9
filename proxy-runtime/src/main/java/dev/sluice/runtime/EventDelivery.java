package dev.sluice.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

import dev.sluice.runtime.observe.AccessEntry;
import dev.sluice.runtime.observe.Event;
import dev.sluice.runtime.observe.EventFeed;

/** The delivery of events to a listener, in the types of the embedding API. On the thread of the feed. */
record EventDelivery(Consumer<? super ProxyEvent> listener) implements EventFeed.Listener {
    @Override
    public void onEntry(AccessEntry entry) {
        listener.accept(new ConnectionEvent(Instant.ofEpochMilli(entry.wallMillis()), entry.id(), entry.listener(),
                entry.peer(), entry.cluster(), entry.endpoint(), entry.findings().route(), entry.findings().protocol(),
                entry.findings().sni(), entry.findings().filter(), entry.findings().detail(), entry.bytesUp(),
                entry.bytesDown(), Duration.ofNanos(entry.durationNanos()), entry.reason(), entry.generation()));
    }

    @Override
    public void onEvent(Event event) {
        listener.accept(
                new ServerEvent(event.time(), event.number(), event.kind().label(), event.subject(), event.text()));
    }
}
