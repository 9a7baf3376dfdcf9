package dev.sluice.runtime.config;

import java.net.UnixDomainSocketAddress;

import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.ReceivedProxyHeader;
import dev.sluice.runtime.config.model.TrustedSource;

/** Checks of the key {@code proxyProtocol} of a listener, whose trusted sources depend on the kind of its address. */
final class ProxyHeaderChecks {
    private final Problems problems;

    ProxyHeaderChecks(Problems problems) {
        this.problems = problems;
    }

    void check(ListenerConfig listener) {
        ReceivedProxyHeader header = listener.proxyProtocol().orElse(null);
        if (header == null || header.place().isWrong("trustedSources") || listener.place().isWrong("listen")) {
            return;
        }
        ConfigPlace place = header.place();
        boolean unix = listener.listen() instanceof UnixDomainSocketAddress;
        for (int i = 0; i < header.trustedSources().size(); i++) {
            TrustedSource source = header.trustedSources().get(i);
            Cidr network = source.network();
            String key = "trustedSources[" + i + "]";
            if (unix && network != null) {
                problems.add(place.at(key), "peers on a Unix socket have no address", "unix", "unix");
            } else if (!unix && network == null) {
                problems.add(place.at(key), "this listener is not on a Unix socket",
                        "networks and addresses, as in 10.0.0.0/8", null);
            } else if (network != null && network.prefixLength() == 0) {
                problems.warn(place.at(key), "every client can claim any address; name the load balancers alone");
            }
        }
    }
}
