package dev.sluice.api.fault;

import java.time.Duration;
import java.util.Optional;

import dev.sluice.api.config.ByteSize;
import dev.sluice.api.config.Rate;
import org.jspecify.annotations.Nullable;

/** The values of a fault that is being put together; null = absent. One thread. */
final class Draft {
    @Nullable
    String name;
    @Nullable
    Duration latency;
    @Nullable
    Duration jitter;
    @Nullable
    Rate bandwidth;
    @Nullable
    Slice slice;
    @Nullable
    BlackHole blackHole;
    @Nullable
    CutPoint resetAfter;
    @Nullable
    ByteSize finishAfter;
    @Nullable
    Duration slowClose;
    @Nullable
    Double garble;
    @Nullable
    Boolean refuse;
    FaultDirection direction = FaultDirection.UPSTREAM_TO_CLIENT;
    double toxicity = 1;
    long seed = 1;
    @Nullable
    String cluster;
    @Nullable
    String endpoint;

    Draft() {}

    Draft(Fault from) {
        name = from.name().orElse(null);
        latency = from.latency().orElse(null);
        jitter = from.jitter().orElse(null);
        bandwidth = from.bandwidth().orElse(null);
        slice = from.slice().orElse(null);
        blackHole = from.blackHole().orElse(null);
        resetAfter = from.resetAfter().orElse(null);
        finishAfter = from.finishAfter().orElse(null);
        slowClose = from.slowClose().orElse(null);
        garble = from.garble().orElse(null);
        refuse = from.refuse().orElse(null);
        direction = from.direction();
        toxicity = from.toxicity();
        seed = from.seed();
        cluster = from.cluster().orElse(null);
        endpoint = from.endpoint().orElse(null);
    }

    Fault fault() {
        return new Fault(Optional.ofNullable(name), Optional.ofNullable(latency), Optional.ofNullable(jitter),
                Optional.ofNullable(bandwidth), Optional.ofNullable(slice), Optional.ofNullable(blackHole),
                Optional.ofNullable(resetAfter), Optional.ofNullable(finishAfter), Optional.ofNullable(slowClose),
                Optional.ofNullable(garble), Optional.ofNullable(refuse), direction, toxicity, seed,
                Optional.ofNullable(cluster), Optional.ofNullable(endpoint));
    }
}
