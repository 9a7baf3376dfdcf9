package dev.sluice.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.ProxyView;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is open, as {@code GET /connections} shows it.
 *
 * @param id unique for the life of the server, ascending with the time of accept
 * @param listener the name of the listener
 * @param client the address of the client
 * @param cluster the name of the cluster; null until one is chosen
 * @param endpoint the address of the endpoint; null until one is chosen
 * @param state in one word, such as {@code connecting} or {@code open}
 * @param bytesUp bytes read from the client
 * @param bytesDown bytes read from the endpoint
 * @param age since the accept
 * @param idle since the last byte moved
 */
public record OpenConnection(long id, String listener, String client, @Nullable String cluster,
        @Nullable String endpoint,
        String state, long bytesUp, long bytesDown, Duration age, Duration idle) {
    private static final int PAGE = 1_000;

    static List<OpenConnection> all(ProxyView view) {
        List<OpenConnection> all = new ArrayList<>();
        List<ConnectionView> page = view.connections(0, PAGE);
        while (!page.isEmpty()) {
            page.forEach(each -> all.add(of(each)));
            page = page.size() < PAGE ? List.of() : view.connections(page.getLast().id(), PAGE);
        }
        return List.copyOf(all);
    }

    private static OpenConnection of(ConnectionView each) {
        return new OpenConnection(each.id(), each.listener(), each.client(), each.cluster(), each.endpoint(),
                each.state(), each.bytesUp(), each.bytesDown(), Duration.ofNanos(each.ageNanos()),
                Duration.ofNanos(each.idleNanos()));
    }
}
