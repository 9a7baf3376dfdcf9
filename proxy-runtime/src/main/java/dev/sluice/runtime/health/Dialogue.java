package dev.sluice.runtime.health;

import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;

import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import org.jspecify.annotations.Nullable;

/** The bytes that a check of the types tcp and http says and hears, and the judgement of them. Pure; one thread. */
final class Dialogue {
    private final Probe probe;
    private final SocketAddress address;
    private final ProxyHeaderWriter.@Nullable Version header;
    private final Answer answer = new Answer();
    /** The thing that is missing, for the reason of a timeout. */
    private String missing = "no connection";

    /** A dialogue that has not begun. */
    Dialogue(CheckSettings settings, SocketAddress endpoint) {
        this.probe = settings.probe();
        this.address = settings.addressFor(endpoint);
        this.header = settings.headerFor(endpoint);
    }

    /** The address to connect to. */
    SocketAddress address() {
        return address;
    }

    /** Whether an accepted connect is all, and nothing is said. */
    boolean isBare() {
        return header == null && probe.equals(TcpProbe.CONNECT);
    }

    /** The bytes to send, now that there is a connection: the PROXY header, if there is one, and the question. */
    ByteBuffer opening() {
        ByteBuffer question = question();
        if (header == null) {
            return question;
        }
        byte[] first = ProxyHeaderWriter.local(header);
        return ByteBuffer.allocate(first.length + question.remaining()).put(first).put(question).flip();
    }

    /** The question alone. */
    ByteBuffer question() {
        return switch (probe) {
            case TcpProbe tcp -> {
                missing = tcp.expect().isEmpty() ? "connected, but no answer" : "connected, but no " + tcp.expect();
                yield tcp.send().buffer();
            }
            case HttpProbe http -> {
                missing = "connected, but no HTTP answer";
                yield http.request(address).buffer();
            }
            case TlsProbe tls -> throw new IllegalStateException("a handshake is no dialogue: " + tls);
        };
    }

    /** Takes bytes of the answer. */
    void received(ByteBuffer bytes) {
        answer.add(bytes);
    }

    /**
     * Whether the answer is there, and a good one.
     *
     * @throws CheckException if it is a bad one
     */
    boolean isAnswered() throws CheckException {
        return switch (probe) {
            case TcpProbe tcp -> isAnswered(tcp);
            case HttpProbe http -> isAnswered(http);
            case TlsProbe _ -> false;
        };
    }

    private boolean isAnswered(TcpProbe tcp) throws CheckException {
        if (tcp.expect().isEmpty() || answer.contains(tcp.expect())) {
            return true;
        }
        if (answer.isFull()) {
            throw new CheckException(CheckResult.WRONG_ANSWER, "expected " + tcp.expect() + " in the first "
                    + Answer.LIMIT + " bytes, got " + answer);
        }
        return false;
    }

    private boolean isAnswered(HttpProbe http) throws CheckException {
        int status = answer.status();
        if (status == StatusLine.INCOMPLETE) {
            return false;
        }
        if (status == StatusLine.NONE) {
            throw new CheckException(CheckResult.WRONG_ANSWER, "expected an HTTP answer, got " + answer);
        }
        if (!http.expects(status)) {
            throw new CheckException(CheckResult.WRONG_ANSWER,
                    "status " + status + ", expected " + http.expectedText());
        }
        return true;
    }

    /** The failure when the peer ends the connection before the answer is there. */
    CheckException ended() {
        return switch (probe) {
            case TcpProbe tcp -> new CheckException(answer.isEmpty() ? CheckResult.CLOSED : CheckResult.WRONG_ANSWER,
                    "expected " + tcp.expect() + ", got "
                            + (answer.isEmpty() ? "the end of the connection" : Objects.toString(answer)));
            case HttpProbe _,TlsProbe _ ->
                new CheckException(CheckResult.CLOSED, "connection closed before the HTTP answer");
        };
    }

    /** The failure when the time is over: the thing that is missing, and what came in its place. */
    CheckException missingAfter(String time) {
        return answer.isEmpty()
                ? new CheckException(CheckResult.TIMEOUT, missing + " within " + time)
                : new CheckException(CheckResult.WRONG_ANSWER, missing + " within " + time + ", got " + answer);
    }
}
