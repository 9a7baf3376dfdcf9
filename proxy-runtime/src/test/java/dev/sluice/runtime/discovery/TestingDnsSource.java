package dev.sluice.runtime.discovery;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.Message;

/** A source of names, with a server, a clock and files of a system that a test controls. */
abstract class TestingDnsSource {
    final TestingDnsServer server = new TestingDnsServer();
    final TestingTiming timing = new TestingTiming();
    final List<String> log = new ArrayList<>();
    @Nullable
    List<String> current;
    int successes;
    double chance;

    @TempDir
    Path directory;

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    final DnsSource start(String name, RecordType... types) {
        return start(settings(name, List.of(server.address()), types), 0);
    }

    static DnsSettings settings(String name, List<InetSocketAddress> servers, RecordType... types) {
        Set<RecordType> set = EnumSet.noneOf(RecordType.class);
        Collections.addAll(set, types);
        return new DnsSettings(name, 443, set, Duration.ofHours(1), servers);
    }

    /** @param systemPort the port of the system's servers, which are those that resolv.conf names; 0 = as they are */
    final DnsSource start(DnsSettings settings, int systemPort) {
        SystemNames names = new SystemNames(directory.resolve("resolv.conf"), directory.resolve("hosts"));
        DnsTransport transport = new DnsTransport(Duration.ofMillis(systemPort == 0 ? 400 : 2000)) {
            @Override
            Message ask(InetSocketAddress to, Message query) throws IOException {
                return super.ask(systemPort == 0 ? to : new InetSocketAddress(to.getAddress(), systemPort), query);
            }
        };
        DnsSource source = new DnsSource(settings, new DnsLookup(settings, names, transport, timing), timing,
                () -> chance);
        source.start(new Publication() {
            @Override
            public void endpoints(List<FoundEndpoint> all) {
                successes++;
                set(all);
            }

            @Override
            public void failed(String reason) {
                log.add("failed: " + reason);
            }

            @Override
            public void expired(String reason) {
                log.add("expired");
                set(List.of());
            }
        });
        timing.settle();
        return source;
    }

    private void set(List<FoundEndpoint> all) {
        List<String> shown = all.stream().sorted().map(endpoint -> AddressText.of(endpoint.address())
                + (endpoint.weight() == 1 ? "" : " weight " + endpoint.weight()) + (endpoint.backup() ? " backup" : ""))
                .toList();
        if (!shown.equals(current)) {
            log.add(String.join(", ", shown));
        }
        current = shown;
    }

    final List<String> news() {
        List<String> news = List.copyOf(log);
        log.clear();
        return news;
    }

    final int queriesIn(Duration time) {
        server.forget();
        timing.advance(time);
        return server.asked().size();
    }
}
