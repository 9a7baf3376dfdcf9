package dev.sluice.examples.soak;

import java.io.IOException;
import java.net.Socket;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/** The endpoints' halves of all connections. */
final class Conversations {
    private final Plans plans;
    private final Judge judge;
    private final Findings findings;
    private final Totals totals;
    private final AtomicLong nonces = new AtomicLong();

    Conversations(Plans plans, Judge judge, Findings findings, Totals totals) {
        this.plans = plans;
        this.judge = judge;
        this.findings = findings;
        this.totals = totals;
    }

    /** Serves one connection to its end. */
    void serve(Endpoint endpoint, Socket socket) {
        Plan plan = null;
        try {
            // Who it is follows from the first bytes.
            Line nobody = new Line(socket, new Content(0), new Content(0), totals);
            if (endpoint.cluster().equals(Place.GREETING.label())) {
                nobody.write(FirstFlight.Greeting.of(nonces.incrementAndGet()), 0, FirstFlight.Greeting.LENGTH);
            }
            boolean proxied = endpoint.cluster().equals(Place.PROXIED.label());
            byte[] header = proxied ? ProxyHeader.read(nobody) : new byte[0];
            long number = FirstFlight.read(nobody);
            if (number < 0) {
                // A client that leaves without a byte, or a health check that ends in order.
                return;
            }
            plan = plans.find(number);
            if (plan == null) {
                throw new WrongStream("an endpoint received the number " + number + ", which no open connection has");
            }
            if (proxied && !ProxyHeader.isOf(number, header)) {
                throw new WrongStream(
                        "the PROXY header is not the one of the client: " + HexFormat.of().formatHex(header));
            }
            endpoint.belongs(socket, plan);
            claim(plan, endpoint);
            converse(plan, new Line(socket, plan.downContent(), plan.upContent(), totals));
        } catch (WrongStream e) {
            findings.add(Findings.Sort.WRONG_STREAM,
                    "endpoint " + endpoint + ", " + (plan == null ? "nobody" : plan) + ": " + e.getMessage());
        } catch (IOException e) {
            if (plan != null) {
                plan.endpointReset();
                if (!FirstFlight.isReset(e)) {
                    findings.add(Findings.Sort.WRONG_STREAM, "endpoint " + endpoint + ", " + plan + ": " + e);
                }
            }
        } finally {
            if (plan != null) {
                plan.endpointEnded();
                judge.look(plan);
            }
        }
    }

    /** What must hold of where a connection comes to. */
    private void claim(Plan plan, Endpoint endpoint) {
        Endpoint before = plan.claim(endpoint);
        if (before != null) {
            findings.add(Findings.Sort.WRONG_STREAM, plan + " came to two endpoints, " + before + " and " + endpoint);
        }
        if (!plan.cluster().equals(endpoint.cluster())) {
            findings.add(Findings.Sort.WRONG_STREAM,
                    plan + " came to " + endpoint + " instead of cluster " + plan.cluster());
        }
        if (plan.begunNanos() > endpoint.outOfServiceNanos()) {
            findings.add(Findings.Sort.WRONG_STREAM,
                    plan + " came to " + endpoint + ", which was drained or removed before it began");
        }
    }

    private static void converse(Plan plan, Line line) throws IOException {
        switch (plan.kind()) {
            case ECHO, IDLE -> {
                for (int round = 1; round <= plan.rounds(); round++) {
                    line.receive(plan.up() * round / plan.rounds());
                    line.send(plan.down() * round / plan.rounds());
                }
                endAfterClient(line);
            }
            case UPLOAD, SLOW_WRITER -> {
                line.receive(plan.up());
                line.expectEnd();
                line.send(plan.down());
                line.finish();
            }
            case DOWNLOAD, SLOW_READER -> {
                line.send(plan.down());
                line.finish();
                line.receive(plan.up());
                line.expectEnd();
            }
            case BOTH_WAYS -> bothWays(line, plan.down(), plan.up());
            case LATE_ANSWER -> {
                line.receive(plan.up());
                line.expectEnd();
                Line.pause(plan.pauseMillis());
                line.send(plan.down());
                line.finish();
            }
            case LATE_REQUEST -> {
                line.send(plan.down());
                line.finish();
                line.receive(plan.up());
                line.expectEnd();
            }
            case CLIENT_RESETS_SENDING -> line.expectReset();
            case CLIENT_RESETS_READING -> line.sendUntilReset(plan.down());
            case ENDPOINT_RESETS_SENDING -> {
                line.send(plan.cut());
                line.reset();
            }
            case ENDPOINT_RESETS_READING -> {
                line.receive(plan.cut());
                line.reset();
            }
            case ENDPOINT_RESETS_ANSWERING -> {
                line.receive(plan.up());
                line.expectEnd();
                line.send(plan.cut());
                line.reset();
            }
            case SILENT, DENIED -> throw new WrongStream("bytes came to an endpoint that must not see any");
        }
    }

    private static void endAfterClient(Line line) throws IOException {
        line.expectEnd();
        line.finish();
    }

    /** Sends and receives at the same time. */
    static void bothWays(Line line, long outgoing, long incoming) throws IOException {
        @Nullable
        IOException[] failure = new IOException[1];
        Thread sender = Thread.ofVirtual().start(() -> {
            try {
                line.send(outgoing);
                line.finish();
            } catch (IOException e) {
                failure[0] = e;
            }
        });
        try {
            line.receive(incoming);
            line.expectEnd();
        } catch (WrongStream e) {
            join(sender);
            // Linux reports a reset once: to the sender, if that is the first to ask, and the receiver then sees an end.
            throw FirstFlight.isReset(failure[0]) ? failure[0] : e;
        }
        join(sender);
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    private static void join(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }

    /** The first bytes of a plan in as many pieces as it says. */
    static void writeInPieces(Line line, Plan plan) throws IOException {
        byte[] bytes = FirstFlight.of(plan);
        int[] cuts = new int[plan.pieces() + 1];
        for (int i = 0; i < cuts.length; i++) {
            cuts[i] = bytes.length * i / plan.pieces();
        }
        for (int i = 1; i < cuts.length; i++) {
            line.write(Arrays.copyOfRange(bytes, cuts[i - 1], cuts[i]), 0, cuts[i] - cuts[i - 1]);
        }
    }
}
