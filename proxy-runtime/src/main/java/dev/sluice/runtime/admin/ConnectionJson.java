package dev.sluice.runtime.admin;

import java.util.List;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.ConnectionView;
import dev.sluice.runtime.observe.OwnedView;
import dev.sluice.runtime.observe.ReadBlock;
import dev.sluice.runtime.transport.SocketQueues;
import dev.sluice.runtime.transport.TcpInfo;
import org.jspecify.annotations.Nullable;

/** Open connections in admin responses. Stateless. */
final class ConnectionJson {
    private ConnectionJson() {}

    /**
     * A page of open connections.
     *
     * @param next the value of {@code after} for the following page; null = there is none
     */
    static Response page(List<ConnectionView> page, @Nullable Long next) {
        return Response.json(200, json -> {
            json.name("connections").beginArray();
            page.forEach(connection -> write(json, connection));
            json.endArray().name("next");
            if (next == null) {
                json.value((String) null);
            } else {
                json.value(next);
            }
        });
    }

    private static void write(JsonWriter json, ConnectionView connection) {
        json.beginObject().name("id").value(connection.id()).name("listener").value(connection.listener());
        json.name("generation").value(connection.generation());
        json.name("client").value(connection.client()).name("peer").value(connection.peer()).name("endpoint")
                .value(connection.endpoint());
        json.name("cluster").value(connection.cluster()).name("state").value(connection.state());
        json.name("protocol").value(connection.findings().protocol());
        json.name("sni").value(connection.findings().sni()).name("alpn").value(connection.findings().alpn());
        json.name("route").value(connection.findings().route());
        TlsJson.connection(json, connection.findings());
        AdminResources.labels(json, "client_blocked_by", ReadBlock.labels(connection.clientBlockedBy()));
        AdminResources.labels(json, "upstream_blocked_by", ReadBlock.labels(connection.upstreamBlockedBy()));
        json.name("age_ms").millis(connection.ageNanos()).name("idle_ms").millis(connection.idleNanos());
        json.name("bytes_up").value(connection.bytesUp()).name("bytes_down").value(connection.bytesDown());
        json.name("buffer_bytes_owned").value(connection.bufferBytesOwned());
        owned(json, connection.owned());
        path(json, "client", connection.clientPath());
        queues(json, "client", connection.clientQueues());
        path(json, "upstream", connection.upstreamPath());
        queues(json, "upstream", connection.upstreamQueues());
        json.endObject();
    }

    private static void owned(JsonWriter json, OwnedView owned) {
        json.name("bytes_owned_by").beginObject().name("borrowed").value(owned.borrowed());
        json.name("residue").value(owned.residue()).name("held").beginObject();
        owned.held().forEach((filter, bytes) -> json.name(filter).value(bytes));
        json.endObject().name("retained").beginObject();
        owned.retained().forEach((filter, bytes) -> json.name(filter).value(bytes));
        json.endObject().name("pipe").value(owned.pipe()).name("tls").value(owned.tls()).endObject();
    }

    private static void queues(JsonWriter json, String side, @Nullable SocketQueues queues) {
        if (queues != null) {
            json.name(side + "_send_queue").value(queues.send());
            json.name(side + "_receive_queue").value(queues.receive());
        }
    }

    private static void path(JsonWriter json, String side, @Nullable TcpInfo path) {
        if (path != null) {
            json.name(side + "_rtt_us").value(path.rttMicros());
            json.name(side + "_retransmits").value(path.retransmits());
        }
    }
}
