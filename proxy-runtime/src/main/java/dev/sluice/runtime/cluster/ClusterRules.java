package dev.sluice.runtime.cluster;

/**
 * The rules of a cluster about its endpoints' states, which a reload changes in place.
 *
 * @param ejection the ejection after failed connections
 * @param checked whether there are health checks
 * @param panicPercent the share of endpoints that checks find up below which the checks do not count; 0 = they always do
 * @param slowStartNanos the time in which the share of an endpoint that has come up grows; 0 = it has all at once
 */
public record ClusterRules(Ejection ejection, boolean checked, int panicPercent, long slowStartNanos) {
    /** The rules of a cluster that does not write any. */
    public static final ClusterRules NONE = new ClusterRules(Ejection.SIMPLE, false, 0, 0);
}
