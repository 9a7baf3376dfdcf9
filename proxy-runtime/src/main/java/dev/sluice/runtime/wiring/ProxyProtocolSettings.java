package dev.sluice.runtime.wiring;

import java.util.List;
import java.util.Objects;

import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ReceivedProxyHeader;
import dev.sluice.runtime.config.model.SentProxyHeader;
import dev.sluice.runtime.config.model.SentProxyHeader.Tlv;
import dev.sluice.runtime.config.model.TrustedSource;
import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import dev.sluice.runtime.proxyprotocol.SentHeader;
import dev.sluice.runtime.relay.HeaderRules;

/** The translation of the keys {@code proxyProtocol} into what connections need. */
final class ProxyProtocolSettings {
    private ProxyProtocolSettings() {}

    /** The rules about the headers that a listener reads. */
    static HeaderRules received(ReceivedProxyHeader config) {
        return new HeaderRules(
                config.trustedSources().stream().map(TrustedSource::network).filter(Objects::nonNull).toList(),
                config.trustedSources().contains(TrustedSource.UNIX), config.deadline().toNanos(),
                (int) config.maxBytes().bytes());
    }

    /** The header that the endpoints of a cluster get, unless they have one of their own. */
    static SentHeader sent(ClusterConfig config) {
        return config.proxyProtocol().map(ProxyProtocolSettings::sent).orElse(SentHeader.NONE);
    }

    /** The header that an endpoint gets. */
    static SentHeader sent(SentProxyHeader config) {
        List<Tlv> tlvs = config.tlvs();
        return switch (config.version()) {
            case NONE -> SentHeader.NONE;
            case V1 -> new SentHeader(ProxyHeaderWriter.Version.V1, false, false, false, false, false);
            case V2 -> new SentHeader(ProxyHeaderWriter.Version.V2, tlvs.contains(Tlv.AUTHORITY),
                    tlvs.contains(Tlv.ALPN), tlvs.contains(Tlv.UNIQUE_ID), tlvs.contains(Tlv.SSL),
                    tlvs.contains(Tlv.CRC32C));
        };
    }
}
