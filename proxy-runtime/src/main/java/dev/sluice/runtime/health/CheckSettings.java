package dev.sluice.runtime.health;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;

import dev.sluice.runtime.proxyprotocol.ProxyHeaderWriter;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a health check; a value. Checks with equal settings and address are one check, whose answers all its targets share.
 *
 * @param probe the question
 * @param interval from the start of one check to that of the next, at most
 * @param timeout for one check, from connect to answer
 * @param rise successes in a row after which a failed endpoint has passed
 * @param fall failures in a row after which an endpoint has failed
 * @param tls the handshake that comes before the question, where endpoints speak TLS; null = none does
 * @param proxy the version of the PROXY header that the cluster's endpoints want first; null if they want none
 */
public record CheckSettings(Probe probe, Duration interval, Duration timeout, int rise, int fall,
        @Nullable TlsProbe tls, ProxyHeaderWriter.@Nullable Version proxy) {
    // Not the short form, whose last parameter would lose that it may be null in the class file.
    public CheckSettings(Probe probe, Duration interval, Duration timeout, int rise, int fall,
            @Nullable TlsProbe tls, ProxyHeaderWriter.@Nullable Version proxy) {
        if (!interval.isPositive() || !timeout.isPositive() || rise < 1 || fall < 1) {
            throw new IllegalArgumentException("interval " + interval + ", timeout " + timeout + ", rise " + rise
                    + ", fall " + fall + "; each has to be greater than 0");
        }
        this.probe = probe;
        this.interval = interval;
        this.timeout = timeout;
        this.rise = rise;
        this.fall = fall;
        this.tls = tls;
        this.proxy = proxy;
    }

    /** Settings of endpoints that do not speak TLS, or of a probe that is a handshake itself. */
    public CheckSettings(Probe probe, Duration interval, Duration timeout, int rise, int fall,
            ProxyHeaderWriter.@Nullable Version proxy) {
        this(probe, interval, timeout, rise, fall, null, proxy);
    }

    /** The same settings for an endpoint that gets this header. */
    public CheckSettings with(ProxyHeaderWriter.@Nullable Version header) {
        return header == proxy ? this : new CheckSettings(probe, interval, timeout, rise, fall, tls, header);
    }

    /**
     * Whether the check of an endpoint asks the port that connections go to. A success on another port says nothing about connects that
     * fail.
     */
    public boolean asksPortOf(SocketAddress endpoint) {
        return !(probe instanceof HttpProbe http) || !(endpoint instanceof InetSocketAddress inet)
                || http.port().orElse(inet.getPort()) == inet.getPort();
    }

    /** The handshake with which the check of an endpoint begins; null = it has none, as at another port, where something else listens. */
    @Nullable
    TlsProbe handshakeFor(SocketAddress endpoint) {
        if (probe instanceof TlsProbe alone) {
            return alone;
        }
        return asksPortOf(endpoint) ? tls : null;
    }

    /** The version of the PROXY header that the check of an endpoint begins with; none at another port, where something else listens. */
    ProxyHeaderWriter.@Nullable Version headerFor(SocketAddress endpoint) {
        return asksPortOf(endpoint) ? proxy : null;
    }

    /** The address that the check of an endpoint connects to. */
    SocketAddress addressFor(SocketAddress endpoint) {
        return asksPortOf(endpoint) || !(endpoint instanceof InetSocketAddress inet)
                ? endpoint
                : new InetSocketAddress(inet.getAddress(), ((HttpProbe) probe).port().orElseThrow());
    }
}
