package dev.sluice.runtime.tls.jdk;

import java.util.Locale;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIMatcher;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.StandardConstants;

import org.jspecify.annotations.Nullable;

/**
 * The server name that the client of one engine asks for. The engine's own record of it is of no use where a session goes on: while it looks at
 * the ticket it has none, and afterwards that of the handshake in which the ticket was made. One thread at a time.
 */
final class AskedName extends SNIMatcher {
    private final JdkContext context;
    private final boolean rejectsUnknown;
    private @Nullable String name;

    /** @param rejectsUnknown whether a name that no certificate has is refused */
    AskedName(JdkContext context, boolean rejectsUnknown) {
        super(StandardConstants.SNI_HOST_NAME);
        this.context = context;
        this.rejectsUnknown = rejectsUnknown;
    }

    /** The name in a client's hello that an engine has taken; null = it asks for none. */
    static @Nullable String of(SSLEngine engine) {
        for (SNIMatcher matcher : engine.getSSLParameters().getSNIMatchers()) {
            if (matcher instanceof AskedName asked) {
                return asked.name;
            }
        }
        return null;
    }

    /** The name, in lower case; null = none is asked for. */
    @Nullable
    String name() {
        return name;
    }

    @Override
    public boolean matches(SNIServerName asked) {
        String known = new SNIHostName(asked.getEncoded()).getAsciiName().toLowerCase(Locale.ROOT);
        name = known;
        return !rejectsUnknown || !context.identities().named(known).isEmpty();
    }
}
