package dev.sluice.examples.soak;

import java.util.Set;

/**
 * The verdict on the end of each connection: planned, explained by something else that was planned, or unexplained. The explanations:
 * <ul>
 * <li>an operator drained the endpoint of an expendable connection with a time, or a reload removed it;
 * <li>the endpoint of an expendable connection crashed;
 * <li>an endpoint stopped listening while the connection waited in its backlog, so that the system reset it: no endpoint has read a byte of it.
 * </ul>
 */
final class Judge {
    private static final Set<String> TAKEN_AWAY = Set.of("endpoint-drained", "endpoint-removed");
    private static final String RESET = "upstream-reset";

    private final Plans plans;
    private final Findings findings;
    private final FlapTimes flaps;

    Judge(Plans plans, Findings findings, FlapTimes flaps) {
        this.plans = plans;
        this.findings = findings;
        this.flaps = flaps;
    }

    /** Judges the connection if everybody has had their say. */
    void look(Plan plan) {
        if (!plan.toBeJudged()) {
            return;
        }
        plans.judged(plan);
        String reason = plan.reason();
        if (plan.kind().reasons().contains(reason) && !plan.isClientReset() && !plan.isEndpointReset()) {
            findings.planned(reason);
            return;
        }
        String why = explanation(plan, reason);
        if (why.isEmpty()) {
            findings.add(Findings.Sort.UNEXPLAINED_CLOSE,
                    plan + " ended with " + reason + (plan.isClientReset() ? ", the client was reset" : "")
                            + (plan.isEndpointReset() ? ", the endpoint was reset" : ""));
        } else {
            findings.explained(why);
        }
    }

    private String explanation(Plan plan, String reason) {
        if (plan.place() == Place.EXPENDABLE && TAKEN_AWAY.contains(reason)) {
            return reason;
        }
        if (plan.isCrashed()
                && (reason.equals(RESET) || (plan.kind().reasons().contains(reason) && !plan.isClientReset()))) {
            // In the second case, it had everything already, but had not read it yet.
            return "its endpoint crashed";
        }
        if (reason.equals(RESET) && !plan.isClaimed() && plan.place().flaps()
                && flaps.any(plan.cluster(), plan.begunNanos(), plan.endedNanos())) {
            return "in the backlog of an endpoint that stopped listening";
        }
        return "";
    }
}
