package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The figures of a whole run that the README shows: one table, and two pictures. */
final class Figures {
    private static final String STARTUP = "startup";
    private static final String CLOSED = "requests-closed";
    private static final String OPEN = "requests-open";
    private static final String CONNECTIONS = "connections";
    private static final String BULK = "bulk";
    private static final String IDLE = "idle";
    private static final double MEBIBYTE = 1 << 20;

    /** Columns and their peers; where a program has several ways in a section, the best figure counts. */
    private static final Map<String, List<String>> COLUMNS = columns();

    private final Map<String, Turns> sections;

    /** @param sections turns by the name of their file */
    Figures(Map<String, Turns> sections) {
        this.sections = Map.copyOf(sections);
    }

    private static Map<String, List<String>> columns() {
        Map<String, List<String>> columns = new LinkedHashMap<>();
        columns.put("Sluice", List.of(Sluice.CURRENT));
        columns.put("HAProxy", List.of("haproxy", Haproxy.SPLICING));
        columns.put("nginx", List.of("nginx", Nginx.SMALL));
        columns.put("Go", List.of("go-splice", "go-one-byte", "go-naive"));
        return columns;
    }

    /** Whether all sections are there that the table needs. */
    static boolean complete(Map<String, Turns> sections) {
        return sections.keySet().containsAll(List.of(STARTUP, CLOSED, OPEN, CONNECTIONS, BULK, IDLE));
    }

    /** The table, a column for each program. */
    Table table() {
        List<String> titles = new ArrayList<>(List.of("one core each"));
        titles.addAll(COLUMNS.keySet());
        Table table = new Table(titles.toArray(String[]::new));
        row(table, "start: first byte through the proxy, ms", STARTUP, load(STARTUP), "first_byte_ms", 1, 0);
        row(table, "resident memory then, MiB", STARTUP, load(STARTUP), "resident_bytes", MEBIBYTE, 1);
        row(table, "memory of an idle connection, bytes", IDLE, idleLoad(), IdleMemory.RESIDENT, idleConnections(), 0);
        for (String load : turns(CLOSED).loads()) {
            row(table, "CPU of a request, " + load + ", µs", CLOSED, load, "cpu_us_per_request", 1, 1);
        }
        row(table, "response time p99 at the same rate, " + load(OPEN) + ", ms", OPEN, load(OPEN), "p99_us", 1e3, 2);
        row(table, "CPU of a connection (open, 1 KiB there and back, close), µs", CONNECTIONS, load(CONNECTIONS),
                "cpu_us_per_connection", 1, 1);
        row(table, "connections per second", CONNECTIONS, load(CONNECTIONS), "connections_per_s", 1, 0);
        for (String load : turns(BULK).loads()) {
            row(table, "CPU of a GB, " + load + ", ms", BULK, load, "cpu_ms_per_gigabyte", 1, 0);
            row(table, "bulk, " + load + ", GB/s", BULK, load, "gigabytes_per_s", 1, 2);
        }
        return table;
    }

    private void row(Table table, String title, String section, String load, String metric, double scale, int digits) {
        List<String> cells = new ArrayList<>(List.of(title));
        COLUMNS.keySet()
                .forEach(column -> cells.add(Table.figure(least(column, section, load, metric) / scale, digits)));
        table.row(cells.toArray(String[]::new));
    }

    /** Of the ways that a program has in this section; rates, of which the least would be the worst, have one way only. */
    private double least(String column, String section, String load, String metric) {
        return COLUMNS.getOrDefault(column, List.of()).stream()
                .mapToDouble(peer -> turns(section).median(load, peer, metric)).filter(Double::isFinite).min()
                .orElse(Double.NaN);
    }

    /** Two sentences below the table. */
    String caption(Machine machine, boolean quick) throws IOException {
        return (quick ? "**Of a quick run, not for publication.** " : "")
                + "Medians; every proxy has one thread, worker or event loop, all took turns in one run with load generator and upstream on the "
                + "same machine: compare the columns of a row, not runs with each other. Bulk: HAProxy, Go and Sluice splice. Requests: HAProxy with or "
                + "without splicing, whichever is better. Idle memory: nginx with buffers of 4 KiB, Go with one byte while it waits. "
                + machine.describe() + ".";
    }

    /** Memory of an idle connection, and CPU of a request. */
    List<Plot> pictures() {
        Map<String, Double> memory = new LinkedHashMap<>();
        for (String peer : turns(IDLE).peers(idleLoad())) {
            String label = label(peer);
            if (!label.isEmpty()) {
                memory.put(label, turns(IDLE).median(idleLoad(), peer, IdleMemory.RESIDENT) / idleConnections());
            }
        }
        List<String> names = COLUMNS.keySet().stream().toList();
        return List.of(Pictures.memory(memory), Pictures.cpu(turns(CLOSED).loads(), names,
                (load, column) -> least(column, CLOSED, load, "cpu_us_per_request")));
    }

    /** Name of a peer in the picture of memory; empty = not shown. */
    private static String label(String peer) {
        return switch (peer) {
            case Sluice.CURRENT -> "Sluice";
            case "haproxy" -> "HAProxy";
            case "nginx" -> "nginx";
            case Nginx.SMALL -> "nginx, 4 KiB buffers";
            case "go-one-byte" -> "Go, one byte";
            case "go-naive" -> "Go, 32 KiB buffers";
            default -> "";
        };
    }

    private Turns turns(String section) {
        return Optional.ofNullable(sections.get(section)).orElseThrow();
    }

    private String load(String section) {
        return turns(section).loads().getFirst();
    }

    /** The largest number of connections. */
    private String idleLoad() {
        return turns(IDLE).loads().getLast();
    }

    private double idleConnections() {
        return turns(IDLE).median(idleLoad(), Sluice.CURRENT, "connections");
    }

}
