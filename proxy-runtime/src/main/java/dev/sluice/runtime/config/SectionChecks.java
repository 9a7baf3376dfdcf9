package dev.sluice.runtime.config;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;

import dev.sluice.api.config.ByteSize;
import dev.sluice.runtime.config.model.AccessLogConfig;
import dev.sluice.runtime.config.model.AdminConfig;
import dev.sluice.runtime.config.model.ClusterConfig;
import dev.sluice.runtime.config.model.ConfigPlace;
import dev.sluice.runtime.config.model.Configuration;
import dev.sluice.runtime.config.model.ListenerConfig;
import dev.sluice.runtime.config.model.MemoryConfig;
import dev.sluice.runtime.config.model.RuntimeConfig;
import dev.sluice.runtime.memory.MemoryPlan;
import dev.sluice.runtime.memory.PipePool;
import dev.sluice.runtime.observe.AccessEvent;
import dev.sluice.runtime.observe.AccessLogTemplate;
import dev.sluice.runtime.text.Printable;

/** Checks of values that depend on each other within a section, or on the process. */
final class SectionChecks {
    /** The least buffers of a loop: enough for both directions of one connection while another one ends. */
    static final int POOL_BUFFERS_PER_LOOP = 4;

    private final Problems problems;
    private final MemoryPlan memoryPlan;

    /** @param memoryPlan to find bounds of memory that do not fit */
    SectionChecks(Problems problems, MemoryPlan memoryPlan) {
        this.memoryPlan = memoryPlan;
        this.problems = problems;
    }

    void check(Configuration configuration) {
        if (!configuration.runtime().place().isWrong("eventLoops")) {
            memory(configuration.memory(), configuration.runtime().eventLoops());
        }
        configuration.admin().ifPresent(this::admin);
        configuration.accessLog().ifPresent(this::template);
        configuration.accessLog().ifPresent(this::skipEmpty);
        configuration.listeners().forEach(listener -> userTimeout(listener, configuration.runtime()));
        configuration.clusters().stream().map(ClusterConfig::timeouts).forEach(this::timeouts);
        ProxyHeaderChecks headers = new ProxyHeaderChecks(problems);
        configuration.listeners().forEach(headers::check);
        configuration.clusters().forEach(cluster -> headers.check(cluster, configuration.memory()));
        new TlsChecks(problems).check(configuration);
        ClusterChecks clusters = new ClusterChecks(problems);
        configuration.clusters().forEach(clusters::check);
        configuration.listeners().stream().filter(listener -> listener.socket().ipv6Only()).forEach(this::ipv6Only);
    }

    private void ipv6Only(ListenerConfig listener) {
        boolean both = listener.listen() instanceof InetSocketAddress inet
                && inet.getAddress() instanceof Inet6Address ip && ip.isAnyLocalAddress();
        if (!both && !listener.place().isWrong("listen")) {
            problems.warn(listener.place().at("socket.ipv6Only"),
                    "this has an effect only for a listener on [::], and changes nothing here");
        }
    }

    void admin(AdminConfig admin) {
        ConfigPlace place = admin.place();
        boolean known = !place.isWrong("listen") && !place.isWrong("tokenFile");
        if (!known || admin.isLocal() || admin.tokenFile().isPresent()) {
            return;
        }
        boolean wildcard = admin.listen() instanceof InetSocketAddress inet && inet.getAddress().isAnyLocalAddress();
        String text = place.text("listen");
        problems.add(place.at("listen"), Printable.quote(text == null ? admin.listen().toString() : text)
                + " can be reached from other machines, and without a tokenFile each of them could stop this proxy",
                "an address in 127.0.0.0/8, [::1]:port or unix:/path: put it behind ssh -L or a TLS listener;"
                        + " with admin.tokenFile any address",
                wildcard ? "127.0.0.1:" + ((InetSocketAddress) admin.listen()).getPort() : null);
    }

    private void memory(MemoryConfig memory, int eventLoops) {
        long pipes = memory.pipes().bytes();
        long onePipeEach = (long) PipePool.PIPE_BYTES * eventLoops;
        if (pipes > 0 && pipes < onePipeEach) {
            problems.add(memory.place().at("pipes"), "pipes " + memory.pipes() + " is less than one pipe of "
                    + new ByteSize(PipePool.PIPE_BYTES) + " for each of " + eventLoops + " event loops",
                    "pipes of at least " + new ByteSize(onePipeEach) + ", or 0 to always copy bytes",
                    Quantities.show(onePipeEach));
        }
        if (!memory.place().isWrong("readBuffer")) {
            atLeast(memory, "pool", memory.pool(), POOL_BUFFERS_PER_LOOP, eventLoops);
            atLeast(memory, "stash", memory.stash(), 1, eventLoops);
        }
        ConfigPlace place = memory.place();
        String misfit = memoryPlan.misfit(memory.pool().bytes(), memory.stash().bytes(), pipes);
        if (misfit != null && (place.has("pool") || place.has("stash") || place.has("pipes"))) {
            problems.warn(place.at(null), misfit);
        }
    }

    private void atLeast(MemoryConfig memory, String key, ByteSize size, int buffers, int eventLoops) {
        long needed = buffers * memory.readBuffer().bytes() * eventLoops;
        ConfigPlace place = memory.place();
        if (size.bytes() < needed && !place.isWrong(key)) {
            // If only readBuffer was written, its line is the one to point at.
            String written = place.has(key) || !place.has("readBuffer") ? key : "readBuffer";
            problems.add(place.at(written),
                    key + " " + size + " is too small for " + eventLoops + " event loops with a readBuffer of "
                            + memory.readBuffer(),
                    key + " of at least " + new ByteSize(needed) + " = " + buffers + " × eventLoops × readBuffer",
                    written.equals(key) ? Quantities.show(needed) : null);
        }
    }

    private void template(AccessLogConfig accessLog) {
        String template = accessLog.template().orElse(null);
        if (template == null || accessLog.place().isWrong("format")) {
            return;
        }
        if (accessLog.format() == AccessLogConfig.Format.JSON) {
            problems.add(accessLog.place().at("template"), "a template has no meaning with format json",
                    "template only with format: text", null);
            return;
        }
        try {
            AccessLogTemplate.parse(template);
        } catch (IllegalArgumentException e) {
            problems.add(accessLog.place().at("template"), String.valueOf(e.getMessage()),
                    "text with $field in it; braces are written $${field}, because ${…} is an environment variable",
                    null);
        }
    }

    private void skipEmpty(AccessLogConfig accessLog) {
        if (accessLog.skipEmpty() && accessLog.events().contains(AccessEvent.START)) {
            problems.warn(accessLog.place().at("skipEmpty"),
                    "a connection without a byte still has its line of the event start, which is written before that is"
                            + " known");
        }
    }

    private void userTimeout(ListenerConfig listener, RuntimeConfig runtime) {
        if (listener.socket().userTimeout().isPresent() && runtime.transport() == RuntimeConfig.TransportKind.NIO) {
            problems.warn(listener.place().at("socket.userTimeout"), "the nio transport cannot set TCP_USER_TIMEOUT,"
                    + " so this changes nothing; timeouts.writeStall ends such connections");
            return;
        }
        Duration user = listener.socket().userTimeout().orElse(null);
        ListenerConfig.KeepAlive probes = listener.socket().keepAlive().orElse(null);
        if (user != null && probes != null && user.compareTo(probes.interval()) < 0) {
            problems.warn(listener.place().at("socket.userTimeout"), Quantities.show(user)
                    + " is shorter than keepAlive.interval " + Quantities.show(probes.interval())
                    + ": the system counts unanswered probes by this time and not by keepAlive.count, so an idle"
                    + " connection is closed when a single probe is lost");
        }
    }

    private void timeouts(ClusterConfig.Timeouts timeouts) {
        ConfigPlace place = timeouts.place();
        if (place.isWrong("connect") || place.isWrong("connectTotal")
                || timeouts.connect().compareTo(timeouts.connectTotal()) <= 0) {
            return;
        }
        String connect = Quantities.show(timeouts.connect());
        String key = place.has("connectTotal") ? "connectTotal" : "connect";
        ConfigPlace.Spot at = place.at(key);
        problems.add(at, "connectTotal " + Quantities.show(timeouts.connectTotal()) + " is shorter than connect "
                + connect, "a connectTotal of at least " + connect, null);
    }
}
