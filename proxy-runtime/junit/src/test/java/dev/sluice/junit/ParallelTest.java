package dev.sluice.junit;

import java.time.Duration;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

import dev.sluice.api.fault.Faults;
import dev.sluice.runtime.testing.TestingClient;
import dev.sluice.runtime.testing.TestingUpstream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineTestKit;

import static dev.sluice.junit.Expected.started;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

/** Tests that run at the same time, on one proxy and on two. */
class ParallelTest {
    private static final int AT_ONCE = 4;
    private static final String YAML = """
            listeners: [ { name: edge, listen: "0.0.0.0:443", cluster: app } ]
            clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:80" } ] } ]
            """;
    /** Those that have a connection open wait for each other, so that they are sure to run at the same time. */
    private static final CyclicBarrier TOGETHER = new CyclicBarrier(2 * AT_ONCE);

    @Test
    void testsRunAtTheSameTime() {
        EngineTestKit.engine("junit-jupiter").configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "16")
                .selectors(selectClass(One.class), selectClass(Other.class)).execute().allEvents().assertStatistics(
                        events -> events.failed(0))
                .finished().assertThatEvents().hasSizeGreaterThan(2 * AT_ONCE);
    }

    /** Tests that keep a connection open until all others have one, too. */
    abstract static class Sample {
        void run(Sluice sluice) throws Exception {
            try (TestingClient client = TestingClient.connect(sluice.address("edge"));
                    FaultHandle _ = sluice.listener("edge").fault(Faults.latency(Duration.ofMillis(1)))) {
                assertEquals("hello", client.roundTrip("hello"));
                sluice.await(started());
                TOGETHER.await(30, TimeUnit.SECONDS);
            }
        }
    }

    @SluiceProxy(yaml = YAML)
    @Execution(ExecutionMode.CONCURRENT)
    static class One extends Sample {
        @Endpoint("app")
        static final TestingUpstream SERVER = TestingUpstream.echo();

        @RepeatedTest(AT_ONCE)
        void test(Sluice sluice) throws Exception {
            run(sluice);
        }
    }

    @SluiceProxy(yaml = YAML, lifecycle = SluiceProxy.Lifecycle.PER_METHOD)
    @Execution(ExecutionMode.CONCURRENT)
    static class Other extends Sample {
        @Endpoint("app")
        final TestingUpstream server = TestingUpstream.echo();

        @RepeatedTest(AT_ONCE)
        void test(Sluice sluice) throws Exception {
            run(sluice);
        }
    }
}
