package dev.sluice.examples.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Verdicts on ends: what was not planned is explained by something that was, or is a finding. */
class JudgeTest {
    private final Plans plans = new Plans();
    private final Findings findings = new Findings();
    private final FlapTimes flaps = new FlapTimes();
    private final Judge judge = new Judge(plans, findings, flaps);

    private void ends(Predicate<Plan> which, String reason, Consumer<Plan> before) {
        Plan plan = LongStream.range(0, 100_000).mapToObj(number -> new Plan(1, number, 1000, 10)).filter(which)
                .findFirst().orElseThrow();
        plans.add(plan);
        plan.begin();
        before.accept(plan);
        judge.look(plan);
        plan.clientEnded();
        judge.look(plan);
        plan.logged(reason);
        judge.look(plan);
        judge.look(plan);
    }

    private void flap() {
        try {
            flaps.during("flappy", () -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Predicate<Plan> echo(Place place) {
        return plan -> plan.kind() == Kind.ECHO && plan.place() == place;
    }

    private void verdicts(int planned, int explained, int unexplained) {
        assertEquals(planned, findings.ends().values().stream().mapToLong(Long::longValue).sum());
        assertEquals(explained, findings.explained().values().stream().mapToLong(Long::longValue).sum());
        assertEquals(unexplained, findings.count(Findings.Sort.UNEXPLAINED_CLOSE));
        assertEquals(unexplained, findings.count());
    }

    @Test
    void whatTheKindSaysIsPlanned() {
        ends(echo(Place.PLAIN), "client-finished", plan -> {});
        ends(plan -> plan.kind() == Kind.CLIENT_RESETS_SENDING, "client-reset", plan -> {});
        verdicts(2, 0, 0);
    }

    @Test
    void anotherReasonIsUnexplained() {
        ends(echo(Place.PLAIN), "upstream-reset", plan -> {});
        ends(echo(Place.PLAIN), "endpoint-drained", plan -> {});
        ends(echo(Place.FLAPPY), "upstream-reset", plan -> {});
        ends(plan -> plan.kind() == Kind.CLIENT_RESETS_SENDING, "client-finished", plan -> {});
        verdicts(0, 0, 4);
    }

    @Test
    void aResetThatTheProxyDoesNotSpeakOfIsUnexplained() {
        ends(echo(Place.PLAIN), "client-finished", Plan::clientReset);
        ends(echo(Place.PLAIN), "client-finished", Plan::endpointReset);
        verdicts(0, 0, 2);
    }

    @Test
    void expendableOnesMayBeTakenAway() {
        ends(echo(Place.EXPENDABLE), "endpoint-removed", Plan::clientReset);
        ends(echo(Place.EXPENDABLE), "endpoint-drained", Plan::clientReset);
        ends(echo(Place.EXPENDABLE), "upstream-reset", Plan::crash);
        verdicts(0, 3, 0);
    }

    @Test
    void anEndpointMayCrashBeforeItHasReadTheEnd() {
        Consumer<Plan> crash = plan -> {
            plan.crash();
            plan.endpointReset();
        };
        ends(echo(Place.EXPENDABLE), "client-finished", crash);
        verdicts(0, 1, 0);
        ends(echo(Place.EXPENDABLE), "client-finished", crash.andThen(Plan::clientReset));
        verdicts(0, 1, 1);
    }

    @Test
    void anEndpointThatStopsListeningResetsItsBacklog() {
        ends(echo(Place.FLAPPY), "upstream-reset", plan -> flap());
        verdicts(0, 1, 0);
    }

    @Test
    void nobodyIsJudgedBeforeTheEndpointHasEnded() {
        Plan plan = new Plan(1, 1, 1000, 10);
        plans.add(plan);
        plan.begin();
        plan.clientEnded();
        judge.look(plan);
        verdicts(0, 0, 0);
        assertEquals(1, plans.open().size());
    }
}
