package dev.sluice.runtime.wiring;

import java.security.cert.X509Certificate;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.RouteConfig;
import dev.sluice.runtime.config.model.TerminatedTls;
import dev.sluice.runtime.text.Printable;
import dev.sluice.runtime.tls.Identity;

/** Routes by server names whose clients are refused in the handshake ({@code unknownName: reject}). */
final class DeadRoutes {
    private DeadRoutes() {}

    /** Adds a warning for each name of a route that neither a certificate nor {@code passthrough} has. */
    static void find(ListenerConfig listener, TerminatedTls tls, List<X509Certificate> certificates,
            CertificateFindings found) {
        if (tls.unknownName() != TerminatedTls.UnknownName.REJECT) {
            return;
        }
        Set<String> names = new HashSet<>(tls.passthrough());
        certificates.forEach(certificate -> names.addAll(Identity.names(certificate)));
        for (RouteConfig route : listener.routes()) {
            List<String> wanted = route.match().map(RouteConfig.Match::sni).orElse(List.of());
            for (String name : wanted) {
                if (names.stream().noneMatch(known -> meet(known, name))) {
                    found.warn(route.place(), "match.sni", "no certificate has the name " + Printable.quote(name)
                            + ", nor has passthrough, and unknownName: reject refuses its clients before routes are"
                            + " looked at: " + (wanted.size() == 1 ? "this route" : "that name") + " matches nothing;"
                            + " add a certificate with the name");
                }
            }
        }
    }

    /** Whether there is a name that two names or patterns both stand for. */
    private static boolean meet(String one, String other) {
        return one.equals(other) || stands(one, other) || stands(other, one);
    }

    private static boolean stands(String pattern, String name) {
        int dot = name.indexOf('.');
        return pattern.startsWith("*.") && dot > 0 && pattern.substring(1).equals(name.substring(dot));
    }
}
