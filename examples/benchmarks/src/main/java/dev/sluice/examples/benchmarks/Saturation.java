package dev.sluice.examples.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Judgement on a rate, limited by the proxies or by the load generator: from the rate without any proxy, and the share of one core that each
 * proxy used.
 */
final class Saturation {
    /** The peer of the run without a proxy. */
    static final String DIRECT = "direct";
    /** Name of the metric in percent of one core. */
    static final String SHARE = "proxy_percent_of_core";
    /** Name of the metric in percent of the time: its busiest thread ran, or could have run while others did. */
    static final String WANTED = "proxy_wanted_percent_of_time";

    /** Meaning of the columns of these metrics. */
    static final String LEGEND = " *core %*: the CPU time of the proxy, of one core. *wanted %*: the share of the time in which its "
            + "busiest thread ran, or could have run while others did. *generator %*: CPU time of clients and upstream, of one core.";

    /** A proxy with one thread that uses less was waiting for others. */
    private static final double SATURATED = 90;
    /** So many times the rate of the fastest proxy the generator should manage alone. */
    private static final double HEADROOM = 1.2;

    private Saturation() {}

    /** Writes the judgement on a load: what is in order, or a warning for each thing that is not. */
    static void judge(Report report, Turns turns, String load, String rate, String unit) throws IOException {
        double direct = turns.median(load, DIRECT, rate);
        List<String> proxies = turns.peers(load).stream().filter(peer -> !peer.equals(DIRECT)).toList();
        double fastest = proxies.stream().mapToDouble(peer -> turns.median(load, peer, rate)).max().orElse(Double.NaN);
        String text = String.format(Locale.ROOT,
                "%s: without a proxy, the same clients and upstream manage %s %s, %.1f times the fastest proxy.", load,
                Table.figure(direct, direct < 100 ? 1 : 0), unit, direct / fastest);
        if (!(direct / fastest >= HEADROOM)) {
            text += " **Warning: the load generator may be the limit here; compare CPU, not rates.**";
        }
        List<String> unsaturated = proxies.stream().filter(peer -> !(turns.median(load, peer, SHARE) >= SATURATED))
                .map(peer -> String.format(Locale.ROOT, "%s (%.0f %%, wanted %.0f %%)", peer,
                        turns.median(load, peer, SHARE), turns.median(load, peer, WANTED)))
                .toList();
        if (unsaturated.isEmpty()) {
            text += " Every proxy used its core (at least " + Math.round(SATURATED) + " %): it was the limit.";
        } else {
            text += " **Warning: not a whole core was used by " + String.join(", ", unsaturated)
                    + ". Where about 100 % were wanted, the proxy was the limit, but the load generator or other programs had its core "
                    + "for the rest of the time; where less was wanted, it waited for the load generator. Compare CPU, not rates.**";
        }
        report.text(text);
    }
}
