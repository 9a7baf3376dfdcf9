package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** The library's view of the servers. */
class QuestionResolverTest {
    private static QuestionResolver resolver(TestingDnsServer server, long deadline) {
        return new QuestionResolver(new DnsTransport(Duration.ofSeconds(20)), new QuestionResolver.Servers() {
            @Override
            public List<InetSocketAddress> inOrder() {
                return List.of(server.address(), server.address());
            }

            @Override
            public void answered(InetSocketAddress answering) {
                // Of no interest here.
            }
        }, deadline);
    }

    private static Message query() throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString("web."), Type.A, DClass.IN));
    }

    @Test
    void theAnswerIsThereWhenTheCallReturnsAndNoPoolIsAsked() throws Exception {
        try (TestingDnsServer server = new TestingDnsServer().put("web.", Type.A, 7, "10.0.0.1")) {
            QuestionResolver resolver = resolver(server, System.nanoTime() + Duration.ofMinutes(1).toNanos());
            CompletableFuture<Message> answer = resolver.sendAsync(query(), task -> {
                throw new AssertionError("not on this thread");
            }).toCompletableFuture();
            assertTrue(answer.isDone());
            assertEquals(1, answer.join().getSection(Section.ANSWER).size());
            assertEquals(7, resolver.leastTtl());
            assertEquals(-1, resolver.negativeTtl());
        }
    }

    @Test
    void afterTheDeadlineNobodyIsAsked() throws Exception {
        try (TestingDnsServer server = new TestingDnsServer()) {
            QuestionResolver resolver = resolver(server, System.nanoTime() - 1);
            assertEquals("there was no time left to ask others", resolver.sendAsync(query()).toCompletableFuture()
                    .exceptionNow().getMessage());
            assertEquals(List.of(), server.asked());
        }
    }
}
