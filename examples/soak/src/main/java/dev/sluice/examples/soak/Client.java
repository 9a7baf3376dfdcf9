package dev.sluice.examples.soak;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;

/** The client's half of a connection. */
final class Client implements Runnable {
    private static final int CONNECT_MILLIS = 30_000;
    private static final int SMALL_BUFFER = 16 * 1024;
    private static final int STEPS = 20;
    /** The address that filter {@code acl} denies. */
    static final String DENIED = "127.0.9.1";

    private final Plan plan;
    private final Listeners listeners;
    private final AccessLog log;
    private final Judge judge;
    private final Findings findings;
    private final Totals totals;

    Client(Plan plan, Listeners listeners, AccessLog log, Judge judge, Findings findings, Totals totals) {
        this.plan = plan;
        this.listeners = listeners;
        this.log = log;
        this.judge = judge;
        this.findings = findings;
        this.totals = totals;
    }

    @Override
    public void run() {
        try (Socket socket = new Socket()) {
            if (!connect(socket)) {
                return;
            }
            try {
                converse(socket);
            } catch (WrongStream e) {
                findings.add(Findings.Sort.WRONG_STREAM, "client, " + plan + ": " + e.getMessage());
            } catch (IOException e) {
                plan.clientReset();
                if (!FirstFlight.isReset(e)) {
                    findings.add(Findings.Sort.WRONG_STREAM, "client, " + plan + ": " + e);
                }
            }
        } catch (IOException e) {
            findings.add(Findings.Sort.REFUSED, "client, " + plan + " could not connect: " + e);
        } finally {
            plan.clientEnded();
            judge.look(plan);
            totals.connection();
        }
    }

    /** {@return whether the connection is there; false: it was reset before this end had even noticed that it was} */
    private boolean connect(Socket socket) throws IOException {
        socket.setReuseAddress(true);
        if (plan.kind() == Kind.SLOW_READER) {
            socket.setReceiveBufferSize(SMALL_BUFFER);
        }
        if (plan.kind() == Kind.DENIED && plan.place() == Place.WALLED) {
            socket.bind(new InetSocketAddress(InetAddress.ofLiteral(DENIED), 0));
        }
        Listeners.Open listener = listeners.enter(plan.place());
        try {
            plan.begin();
            socket.connect(listener.address(), CONNECT_MILLIS);
            log.expect(listener.name(), (InetSocketAddress) socket.getLocalSocketAddress(), plan);
            return true;
        } catch (ConnectException refused) {
            throw refused;
        } catch (SocketException reset) {
            if (plan.kind() != Kind.DENIED) {
                plan.clientReset();
            }
            log.expectWithoutPort(listener.name(), plan);
            return false;
        } finally {
            listeners.leave(listener);
        }
    }

    private void converse(Socket socket) throws IOException {
        Line line = new Line(socket, plan.upContent(), plan.downContent(), totals);
        if (plan.kind() == Kind.SILENT) {
            Line.pause(plan.pauseMillis());
            return;
        }
        if (plan.kind() == Kind.IDLE) {
            Line.pause(plan.pauseMillis());
        }
        if (plan.place() == Place.PROXIED) {
            byte[] header = ProxyHeader.of(plan.number());
            line.write(header, 0, header.length);
        }
        if (plan.place() == Place.GREETING) {
            FirstFlight.Greeting.expect(line);
        }
        if (plan.kind() == Kind.DENIED) {
            denied(line);
            return;
        }
        Conversations.writeInPieces(line, plan);
        switch (plan.kind()) {
            case ECHO, IDLE -> {
                for (int round = 1; round <= plan.rounds(); round++) {
                    line.send(plan.up() * round / plan.rounds());
                    line.receive(plan.down() * round / plan.rounds());
                }
                line.finish();
                line.expectEnd();
            }
            case UPLOAD, LATE_ANSWER -> {
                line.send(plan.up());
                line.finish();
                line.receive(plan.down());
                line.expectEnd();
            }
            case SLOW_WRITER -> {
                line.sendSlowly(plan.up(), STEPS, plan.pauseMillis());
                line.finish();
                line.receive(plan.down());
                line.expectEnd();
            }
            case DOWNLOAD -> answerAfterEnd(line);
            case SLOW_READER -> {
                line.receiveSlowly(plan.down(), STEPS, plan.pauseMillis());
                answerAfterEnd(line);
            }
            case LATE_REQUEST -> {
                line.receive(plan.down());
                line.expectEnd();
                Line.pause(plan.pauseMillis());
                line.send(plan.up());
                line.finish();
            }
            case BOTH_WAYS -> Conversations.bothWays(line, plan.up(), plan.down());
            case CLIENT_RESETS_SENDING -> {
                line.send(plan.cut());
                line.reset();
            }
            case CLIENT_RESETS_READING -> {
                line.receive(plan.cut());
                line.reset();
            }
            case ENDPOINT_RESETS_SENDING -> line.expectReset();
            case ENDPOINT_RESETS_READING -> line.sendUntilReset(plan.up());
            case ENDPOINT_RESETS_ANSWERING -> {
                line.send(plan.up());
                line.finish();
                line.expectReset();
            }
            case SILENT, DENIED -> throw new AssertionError(plan);
        }
    }

    private void answerAfterEnd(Line line) throws IOException {
        line.receive(plan.down());
        line.expectEnd();
        line.send(plan.up());
        line.finish();
    }

    private void denied(Line line) throws IOException {
        try {
            Conversations.writeInPieces(line, plan);
        } catch (IOException refusedAlready) {
            return;
        }
        line.expectReset();
    }
}
