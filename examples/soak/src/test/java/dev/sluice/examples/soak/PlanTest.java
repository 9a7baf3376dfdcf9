package dev.sluice.examples.soak;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Plans: each follows from its seed and its number, all together they have every kind at every place, and their mean is the wanted one. */
class PlanTest {
    private static final int PLANS = 20_000;
    private static final long MEAN = 200_000;

    private static Plan plan(long number) {
        return new Plan(7, number, MEAN, 1000);
    }

    @Test
    void aNumberHasOnePlan() {
        assertEquals(plan(5).toString(), plan(5).toString());
        assertTrue(!plan(5).toString().equals(new Plan(8, 5, MEAN, 1000).toString()));
    }

    @Test
    void everyKindComesToEveryPlaceThatItMay() {
        Set<String> wanted = new HashSet<>();
        for (Kind kind : Kind.values()) {
            kind.places().forEach(place -> wanted.add(kind + " " + place));
        }
        Set<String> drawn = new HashSet<>();
        LongStream.range(0, PLANS).mapToObj(PlanTest::plan)
                .forEach(plan -> drawn.add(plan.kind() + " " + plan.place()));
        assertEquals(wanted, drawn);
    }

    @Test
    void theMeanIsAboutTheWantedOne() {
        double mean = LongStream.range(0, PLANS).mapToObj(PlanTest::plan).mapToLong(PlanTest::content).average()
                .orElseThrow();
        assertTrue(mean > MEAN * 0.9 && mean < MEAN * 1.3, "mean " + mean);
    }

    /** What arrives of a plan. */
    private static long content(Plan plan) {
        return switch (plan.kind()) {
            case SILENT, DENIED -> 0;
            case CLIENT_RESETS_SENDING, ENDPOINT_RESETS_READING -> plan.cut();
            case CLIENT_RESETS_READING, ENDPOINT_RESETS_SENDING -> plan.cut();
            case ENDPOINT_RESETS_ANSWERING -> plan.up() + plan.cut();
            default -> plan.up() + plan.down();
        };
    }

    @Test
    void theFirstBytesSayTheNumber() throws IOException {
        for (long number = 1; number < 300; number++) {
            Plan plan = plan(number);
            if (plan.kind() == Kind.DENIED) {
                continue;
            }
            try (ServerSocket server = new ServerSocket(0);
                    Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
                    Socket accepted = server.accept();
                    InputStream bytes = new ByteArrayInputStream(FirstFlight.of(plan))) {
                bytes.transferTo(client.getOutputStream());
                Line line = new Line(accepted, plan.downContent(), plan.upContent(), new Totals());
                assertEquals(number, FirstFlight.read(line), plan::toString);
            }
        }
    }
}
