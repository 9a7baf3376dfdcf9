package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

import dev.sluice.runtime.observe.CertificateView;
import dev.sluice.runtime.tls.HandshakeSlots;
import dev.sluice.runtime.tls.Identity;
import dev.sluice.runtime.tls.Passthrough;
import dev.sluice.runtime.tls.RecordRules;
import dev.sluice.runtime.tls.SharedSessions;
import dev.sluice.runtime.tls.StartTls;
import dev.sluice.runtime.tls.TlsServer;

/**
 * Rules about the TLS of a listener's connections.
 *
 * @param server makes the handshakes
 * @param certificates digests of the certificates that are served: others are other rules
 * @param records rules about the records afterwards
 * @param sessions those that connections share
 * @param slots places for handshakes of the listener on each event loop
 * @param maxHandshakes places on one event loop
 * @param workers run what takes long in a handshake
 * @param deadlineNanos the time from the accept in which a handshake has to be complete
 * @param startTls the conversation that comes before the handshake
 * @param passthrough the server names whose clients are not terminated
 * @param engine the name of the engine, for views
 * @param engineDetail its version, or the reason for which it is not the other one
 */
public record TlsRules(TlsServer server, List<String> certificates, RecordRules records, SharedSessions sessions,
        List<HandshakeSlots> slots, int maxHandshakes, Executor workers, long deadlineNanos,
        StartTls startTls, Passthrough passthrough, String engine, String engineDetail) {
    public TlsRules {
        certificates = List.copyOf(certificates);
        slots = List.copyOf(slots);
    }

    /** The certificates that a listener serves now; empty = its TLS does not end here. */
    static List<CertificateView> certificates(RelaySettings settings) {
        TlsRules tls = settings.tls();
        List<CertificateView> views = new ArrayList<>();
        if (tls != null) {
            for (Identity identity : tls.server.identities().all()) {
                views.add(CertificateView.of(identity));
            }
        }
        return views;
    }
}
