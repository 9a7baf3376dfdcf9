package dev.sluice.runtime.observe;

import java.net.InetSocketAddress;
import java.util.HexFormat;

import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.proxyprotocol.ProxyHeader;
import dev.sluice.runtime.proxyprotocol.ProxyTlvs;
import dev.sluice.runtime.transport.AddressText;
import org.jspecify.annotations.Nullable;

/** A PROXY header, in text for logs and admin. Stateless. */
public final class HeaderText {
    private static final int FIRST_OTHER = 0xe0;

    private HeaderText() {}

    /** The client's address and port; null if the header does not have them. */
    public static @Nullable String source(@Nullable ProxyHeader header) {
        IpAddress source = header == null ? null : header.source();
        return source == null || header == null
                ? null
                : AddressText.of(new InetSocketAddress(source.toInetAddress(), header.sourcePort()));
    }

    /** The result that a header counts as. */
    public static HeaderResult result(ProxyHeader header) {
        if (header.isSourceKnown()) {
            return HeaderResult.PROXIED;
        }
        return header.command() == ProxyHeader.Command.LOCAL ? HeaderResult.LOCAL : HeaderResult.UNKNOWN;
    }

    /** The further facts, as in {@code authority=www.example.com ssl_version=TLSv1.3}; null if there are none. */
    static @Nullable String tlvs(@Nullable ProxyHeader header) {
        if (header == null || header.tlvs().isEmpty()) {
            return null;
        }
        ProxyTlvs tlvs = header.tlvs();
        StringBuilder text = new StringBuilder();
        add(text, "authority", tlvs.authority());
        add(text, "alpn", tlvs.alpn());
        add(text, "unique_id", tlvs.uniqueId());
        add(text, "netns", tlvs.netns());
        add(text, "ssl_version", tlvs.sslVersion());
        add(text, "ssl_cipher", tlvs.sslCipher());
        add(text, "ssl_cn", tlvs.sslCommonName());
        Boolean verified = tlvs.sslVerified();
        add(text, "ssl_verified", verified == null ? null : verified.toString());
        for (int type : tlvs.types()) {
            byte[] value = type < FIRST_OTHER ? null : tlvs.value(type);
            if (value != null) {
                add(text, "0x" + HexFormat.of().toHexDigits((byte) type), HexFormat.of().formatHex(value));
            }
        }
        return text.isEmpty() ? null : text.toString();
    }

    private static void add(StringBuilder text, String name, @Nullable String value) {
        if (value != null) {
            text.append(text.isEmpty() ? "" : " ").append(name).append('=');
            for (int i = 0; i < value.length(); i++) {
                char c = value.charAt(i);
                // A value cannot look like several.
                text.append(c == ' ' ? "\\x20" : c == '=' ? "\\x3d" : String.valueOf(c));
            }
        }
    }
}
