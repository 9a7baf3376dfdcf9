package com.example.service;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;

import dev.sluice.api.fault.Faults;
import dev.sluice.junit.Endpoint;
import dev.sluice.junit.FaultHandle;
import dev.sluice.junit.Sluice;
import dev.sluice.junit.SluiceProxy;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

@SluiceProxy(yaml = """
        listeners: [ { name: edge, listen: "0.0.0.0:5432", cluster: app } ]
        clusters: [ { name: app, endpoints: [ { address: "10.0.0.1:5432" } ] } ]
        """)
class HangingServerTest {
    @Endpoint("app")
    static ServerSocket server;

    @BeforeAll
    static void start() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void anAnswerComesWhenTheFaultEnds(Sluice sluice) throws Exception {
        try (Socket client = new Socket()) {
            client.connect(sluice.address("edge"));
            try (Socket accepted = server.accept()) {
                try (FaultHandle hang = sluice.cluster("app").fault(Faults.blackHole())) {
                    accepted.getOutputStream().write('!');
                    client.setSoTimeout(100);
                    assertThrows(SocketTimeoutException.class, () -> client.getInputStream().read());
                }
                client.setSoTimeout(20_000);
                assertEquals('!', client.getInputStream().read());
            }
        }
    }
}
