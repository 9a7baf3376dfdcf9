package dev.sluice.runtime.relay;

import java.util.HexFormat;

import dev.sluice.api.AttributeKey;
import dev.sluice.api.Attributes;
import dev.sluice.runtime.proxyprotocol.ProxyTlvs;
import org.jspecify.annotations.Nullable;

/** The facts of a PROXY header as attributes of its connection. Stateless. */
final class HeaderAttributes {
    private HeaderAttributes() {}

    /** The value of an attribute; null = the header has none, or the key is another one. */
    static @Nullable Object value(ProxyTlvs tlvs, AttributeKey<?> key) {
        if (tlvs.isEmpty() || !key.name().startsWith(Attributes.PROXY_PREFIX)) {
            return null;
        }
        if (key.equals(Attributes.PROXY_AUTHORITY)) {
            return tlvs.authority();
        } else if (key.equals(Attributes.PROXY_ALPN)) {
            return tlvs.alpn();
        } else if (key.equals(Attributes.PROXY_UNIQUE_ID)) {
            return tlvs.uniqueId();
        } else if (key.equals(Attributes.PROXY_NETNS)) {
            return tlvs.netns();
        } else if (key.equals(Attributes.PROXY_SSL_VERSION)) {
            return tlvs.sslVersion();
        } else if (key.equals(Attributes.PROXY_SSL_CIPHER)) {
            return tlvs.sslCipher();
        } else if (key.equals(Attributes.PROXY_SSL_COMMON_NAME)) {
            return tlvs.sslCommonName();
        } else if (key.equals(Attributes.PROXY_SSL_VERIFIED)) {
            return tlvs.sslVerified();
        }
        for (int type : tlvs.types()) {
            if (key.equals(Attributes.proxyTlv(type))) {
                byte[] bytes = tlvs.value(type);
                return bytes == null ? null : HexFormat.of().formatHex(bytes);
            }
        }
        return null;
    }
}
