package dev.sluice.runtime.config;

import java.net.UnixDomainSocketAddress;

import dev.sluice.api.net.Cidr;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.ReceivedProxyHeader;
import dev.sluice.runtime.config.model.SentProxyHeader;
import dev.sluice.runtime.config.model.TrustedSource;
import org.jspecify.annotations.Nullable;

/**
 * Checks of the keys {@code proxyProtocol}: trusted sources depend on the kind of a listener's address, and a header with TLVs
 * has to fit into a buffer.
 */
final class ProxyHeaderChecks {
    /** The longest header fits. */
    private static final int LEAST_BUFFER = 2048;

    private final Problems problems;

    ProxyHeaderChecks(Problems problems) {
        this.problems = problems;
    }

    void check(ClusterConfig cluster, MemoryConfig memory) {
        if (memory.place().isWrong("readBuffer") || memory.readBuffer().bytes() >= LEAST_BUFFER) {
            return;
        }
        refuse(cluster.proxyProtocol().orElse(null), cluster.place());
        cluster.endpoints().forEach(endpoint -> refuse(endpoint.proxyProtocol().orElse(null), endpoint.place()));
    }

    private void refuse(@Nullable SentProxyHeader header, ConfigPlace place) {
        if (header != null && !header.tlvs().isEmpty()) {
            problems.add(place.at("proxyProtocol.tlvs"), "a header with tlvs may be longer than memory.readBuffer",
                    "a readBuffer of at least 2KiB, or no tlvs", null);
        }
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
