package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.limit.ConnectionLimit;
import dev.sluice.runtime.observe.ListenerCounters;

/** The running state of one listener, by name: its limit and its counters. Outlives configurations. Any thread. */
public final class ListenerState {
    private final String name;
    private final ConnectionLimit limit;
    private final List<ListenerCounters> counters;
    private final HeaderReports headerReports;

    /**
     * A listener without connections and without a limit.
     *
     * @param loops event loops of the server; each has counters of its own
     */
    public ListenerState(String name, int loops) {
        this.name = name;
        this.headerReports = new HeaderReports(name);
        this.limit = new ConnectionLimit("listener " + name);
        List<ListenerCounters> each = new ArrayList<>();
        for (int i = 0; i < loops; i++) {
            each.add(new ListenerCounters(name));
        }
        this.counters = List.copyOf(each);
    }

    /** The name that configuration, logs and metrics use. */
    public String name() {
        return name;
    }

    /** The limit of its connections. */
    public ConnectionLimit limit() {
        return limit;
    }

    /** The end of its connections: what is still to be logged of them is. */
    public void ended() {
        headerReports.flush();
    }

    /** The log lines about PROXY headers that are refused. */
    HeaderReports headerReports() {
        return headerReports;
    }

    /** The counters, one for each event loop. */
    public List<ListenerCounters> counters() {
        return counters;
    }
}
