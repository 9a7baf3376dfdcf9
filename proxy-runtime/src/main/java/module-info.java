/** The proxy: event loops, buffer pool, relays, clusters, configuration. Exports the embedding API and nothing else. */
module dev.sluice.runtime {
    requires transitive dev.sluice.api;
    // Not transitive: an embedder need not know it.
    requires static org.jspecify;
    requires com.google.common;
    requires com.google.guice;
    requires io.netty.buffer;
    requires io.netty.common;
    // Not required: without it, TLS is that of the JDK.
    requires static io.netty.tcnative.classes.openssl;
    requires io.prometheus.metrics.core;
    requires io.prometheus.writer.text;
    requires io.prometheus.metrics.instrumentation.jvm;
    requires io.prometheus.metrics.model;
    requires jakarta.inject;
    requires java.management;
    requires jdk.httpserver;
    // Not required: netty would use it too, and a start would load a hundred of its classes. A JVM that is launched to
    // record has it.
    requires static jdk.jfr;
    // process_open_fds and friends: the metrics library finds the platform bean by reflection only.
    requires jdk.management;
    requires jdk.net;
    requires org.dnsjava;
    requires org.slf4j;
    requires org.snakeyaml.engine;
    requires tools.jackson.core;
    requires tools.jackson.dataformat.yaml;

    exports dev.sluice.runtime;

    uses dev.sluice.api.FilterProvider;
}
