package dev.sluice.examples.faults;

import dev.sluice.api.fault.Faults;
import dev.sluice.junit.Endpoint;
import dev.sluice.junit.FaultHandle;
import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.exceptions.JedisConnectionException;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/** A Redis client whose connection is cut in the middle of an answer: it must not take half an answer for one. */
@SluiceProxy(yaml = """
        listeners: [ { name: cache, listen: "127.0.0.1:6379", cluster: redis } ]
        clusters: [ { name: redis, endpoints: [ { address: "redis.internal.example:6379" } ] } ]
        """)
class RedisClientTest {
    @Endpoint("redis")
    private static final TestingServer REDIS = TestingRedis.start("a value of 25 characters.");

    @AfterAll
    static void stop() throws Exception {
        REDIS.close();
    }

    @Test
    void halfAnAnswerIsAnErrorAndTheNextOneIsWhole(Sluice sluice) {
        try (RedisClient client = RedisClient.create("127.0.0.1", sluice.address("cache").getPort())) {
            assertEquals("a value of 25 characters.", client.get("key"));
            // Of "$25", the end of the line and the value, 12 bytes more come, and then an end that looks orderly.
            try (FaultHandle cut = sluice.cluster("redis").fault(Faults.finishAfter(12))) {
                assertThrows(JedisConnectionException.class, () -> client.get("key"));
            }
            assertEquals("a value of 25 characters.", client.get("key"));
        }
    }
}
