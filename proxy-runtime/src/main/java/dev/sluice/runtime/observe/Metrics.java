package dev.sluice.runtime.observe;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmBufferPoolMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmClassLoadingMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmCompilationMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmGarbageCollectorMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmMemoryMetrics;
import io.prometheus.metrics.instrumentation.jvm.JvmRuntimeInfoMetric;
import io.prometheus.metrics.instrumentation.jvm.JvmThreadsMetrics;
import io.prometheus.metrics.instrumentation.jvm.ProcessMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of one server in the text format of Prometheus. Any thread; keeps nothing between two scrapes, and need
 * not be closed.
 */
public final class Metrics {
    private final PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    private final ProxyCollector proxy;
    private @Nullable PrometheusRegistry registry;

    /**
     * The metrics of this server and of the JVM.
     *
     * @param view the server
     * @param accessLogDropped lines that the access log lost so far; always 0 if there is none
     */
    public Metrics(ProxyView view, LongSupplier accessLogDropped) {
        this.proxy = new ProxyCollector(view, accessLogDropped);
    }

    /** The registry, created for the first scrape: a start should not have to wait for the beans of the JVM. */
    private synchronized PrometheusRegistry registry() {
        if (registry == null) {
            PrometheusRegistry made = new PrometheusRegistry();
            made.register(proxy);
            // One by one: JvmMetrics remembers every registry it has seen in a static set, and its memory pool allocation metrics leave
            // a listener on the collector beans and a scheduler thread. Both would outlive an embedded server.
            JvmBufferPoolMetrics.builder().register(made);
            JvmClassLoadingMetrics.builder().register(made);
            JvmCompilationMetrics.builder().register(made);
            JvmGarbageCollectorMetrics.builder().register(made);
            JvmMemoryMetrics.builder().register(made);
            JvmRuntimeInfoMetric.builder().register(made);
            JvmThreadsMetrics.builder().register(made);
            ProcessMetrics.builder().register(made);
            // Assigned when complete: after a failed scrape the next one must not lack anything.
            registry = made;
        }
        return registry;
    }

    /** The media type of the output of {@link #write}. */
    public String contentType() {
        return writer.getContentType();
    }

    /** Reads the server and writes all metrics, UTF-8. Does not close the stream. */
    public void write(OutputStream out) throws IOException {
        writer.write(out, registry().scrape());
    }

    /** Reads the server and returns all metrics. */
    public String scrape() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            write(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toString(StandardCharsets.UTF_8);
    }
}
