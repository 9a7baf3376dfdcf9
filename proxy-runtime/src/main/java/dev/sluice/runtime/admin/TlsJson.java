package dev.sluice.runtime.admin;

import dev.sluice.runtime.json.JsonWriter;
import dev.sluice.runtime.observe.CertificateView;
import dev.sluice.runtime.observe.Findings;
import dev.sluice.runtime.observe.ListenerView;
import dev.sluice.runtime.tls.Session;
import org.jspecify.annotations.Nullable;

/** The TLS of listeners and connections in admin responses. Stateless. */
final class TlsJson {
    private TlsJson() {}

    /** The engine and the certificates of a listener. */
    static void listener(JsonWriter json, ListenerView listener) {
        json.name("tls_engine").value(listener.tlsEngine());
        json.name("tls_engine_detail").value(listener.tlsEngineDetail());
        json.name("certificates").beginArray();
        for (CertificateView certificate : listener.certificates()) {
            json.beginObject().name("name").value(certificate.name()).name("key_type").value(certificate.keyType());
            json.name("names").beginArray();
            certificate.names().forEach(json::value);
            json.endArray().name("serial").value(certificate.serial()).name("not_after")
                    .value(certificate.notAfter().toString()).endObject();
        }
        json.endArray();
    }

    /** The TLS of a connection on both sides. */
    static void connection(JsonWriter json, Findings findings) {
        json.name("tls").value(findings.tlsMode());
        session(json, "", findings.tls());
        session(json, "upstream_", findings.upstreamTls());
        json.name("client_subject").value(findings.clientSubject());
        json.name("client_san").value(findings.clientNames());
    }

    private static void session(JsonWriter json, String side, @Nullable Session session) {
        json.name(side + "tls_version").value(session == null ? null : session.version());
        json.name(side + "tls_cipher").value(session == null ? null : session.suite());
    }
}
