package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TSIG;

/**
 * The library's view of the servers, for one question and all that it is redirected to. It remembers the answers, because the library gives only the
 * records of the last name, and the time to live that counts is the least of the whole chain. One thread.
 */
final class QuestionResolver implements Resolver {
    /** The servers that are asked one after the other, until one has an answer. */
    interface Servers {
        /** The servers, the most promising one first. */
        List<InetSocketAddress> inOrder();

        /** Notes that this one answers. */
        void answered(InetSocketAddress server);
    }

    /** The failure of all servers to answer. */
    static final class NoAnswerException extends IOException {
        private static final long serialVersionUID = 1L;

        private final boolean serverFailure;

        NoAnswerException(String message, boolean serverFailure) {
            super(message);
            this.serverFailure = serverFailure;
        }

        /** Whether the last server answered that it could not find an answer: SERVFAIL. */
        boolean isServerFailure() {
            return serverFailure;
        }
    }

    private final DnsTransport transport;
    private final Servers servers;
    private final long deadline;
    private final List<Message> answers = new ArrayList<>();

    /** @param deadline after which no other server is asked, by {@link System#nanoTime()} */
    QuestionResolver(DnsTransport transport, Servers servers, long deadline) {
        this.transport = transport;
        this.servers = servers;
        this.deadline = deadline;
    }

    @Override
    public CompletionStage<Message> sendAsync(Message query) {
        try {
            Message answer = ask(query);
            answers.add(answer);
            return CompletableFuture.completedFuture(answer);
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** Answers on the caller's thread, too: the library's own method starts the common pool. */
    @Override
    public CompletionStage<Message> sendAsync(Message query, Executor executor) {
        return sendAsync(query);
    }

    private Message ask(Message query) throws IOException {
        List<String> reasons = new ArrayList<>();
        boolean serverFailure = false;
        for (InetSocketAddress server : servers.inOrder()) {
            if (Thread.currentThread().isInterrupted() || System.nanoTime() - deadline > 0) {
                reasons.add("there was no time left to ask others");
                break;
            }
            try {
                Message answer = transport.ask(server, query);
                int code = answer.getRcode();
                if (code == Rcode.NOERROR || code == Rcode.NXDOMAIN) {
                    servers.answered(server);
                    return answer;
                }
                serverFailure = code == Rcode.SERVFAIL;
                reasons.add(DnsTransport.name(server) + " answered " + Rcode.string(code));
            } catch (IOException e) {
                serverFailure = false;
                reasons.add(String.valueOf(e.getMessage()));
            }
        }
        throw new NoAnswerException(String.join("; ", reasons), serverFailure);
    }

    /** The least time to live of all answers, in seconds; 0 if there is none. */
    long leastTtl() {
        return answers.stream().flatMap(answer -> answer.getSection(Section.ANSWER).stream()).mapToLong(Record::getTTL)
                .min().orElse(0);
    }

    /** The seconds for which it stays true that there is no such record, by RFC 2308; -1 if the server did not say. */
    long negativeTtl() {
        return answers.isEmpty()
                ? -1
                : answers.getLast().getSection(Section.AUTHORITY).stream().filter(SOARecord.class::isInstance)
                        .map(SOARecord.class::cast).mapToLong(soa -> Math.min(soa.getTTL(), soa.getMinimum())).min()
                        .orElse(-1);
    }

    /** Records that servers added of their own accord. */
    List<Record> additional() {
        return answers.stream().flatMap(answer -> answer.getSection(Section.ADDITIONAL).stream()).toList();
    }

    @Override
    public void setPort(int port) {
        throw fixed();
    }

    @Override
    public void setTCP(boolean flag) {
        throw fixed();
    }

    @Override
    public void setIgnoreTruncation(boolean flag) {
        throw fixed();
    }

    @Override
    public void setEDNS(int version, int payloadSize, int flags, List<EDNSOption> options) {
        throw fixed();
    }

    @Override
    public void setTSIGKey(TSIG key) {
        throw fixed();
    }

    @Override
    public void setTimeout(Duration timeout) {
        throw fixed();
    }

    @Override
    public String toString() {
        return "the servers of discovery";
    }

    /** The settings are those of the transport, and this is for one question: a caller that sets one has another in mind. */
    private static UnsupportedOperationException fixed() {
        return new UnsupportedOperationException("the settings of a question cannot be changed");
    }
}
