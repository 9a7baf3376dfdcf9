package dev.sluice.examples.faults;

import java.io.IOException;

import dev.sluice.api.fault.Faults;
import dev.sluice.junit.Endpoint;
import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

/**
 * Clients that are told the addresses of their brokers, as those of Kafka are. The proxy does not change what brokers
 * advertise: they have to advertise its listener, and several brokers need a listener and a cluster each.
 */
@SluiceProxy(yaml = """
        listeners: [ { name: broker-1, listen: "127.0.0.1:9092", cluster: broker-1 } ]
        clusters: [ { name: broker-1, endpoints: [ { address: "broker-1.internal.example:9092" } ] } ]
        """)
class AdvertisedAddressTest {
    @Endpoint("broker-1")
    private static final TestingBroker BROKER = TestingBroker.start();

    @AfterAll
    static void stop() throws Exception {
        BROKER.close();
    }

    @Test
    void aBrokerThatAdvertisesItselfIsReachedAroundTheProxy(Sluice sluice) throws Exception {
        BROKER.advertise(BROKER.port());
        int leader = TestingBroker.metadata(sluice.address("broker-1").getPort());
        sluice.cluster("broker-1").fault(Faults.resetAfter(1));
        assertEquals("record", TestingBroker.fetch(leader), "the fault is where the client does not come by");
    }

    @Test
    void aBrokerThatAdvertisesTheListenerIsReachedThroughIt(Sluice sluice) throws Exception {
        BROKER.advertise(sluice.address("broker-1").getPort());
        int leader = TestingBroker.metadata(sluice.address("broker-1").getPort());
        assertEquals("record", TestingBroker.fetch(leader));
        sluice.cluster("broker-1").fault(Faults.resetAfter(1));
        assertThrows(IOException.class, () -> TestingBroker.fetch(leader));
    }
}
