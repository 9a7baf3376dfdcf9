package dev.sluice.examples.benchmarks.parts;

import dev.sluice.api.Direction;
import dev.sluice.api.net.IpAddress;
import dev.sluice.runtime.chain.ChainPlan;
import dev.sluice.runtime.chain.ConnectionChain;
import dev.sluice.runtime.loop.EventLoop;

/** A connection without sockets, as filters see it. */
final class Connection extends ConnectionChain {
    private final EventLoop loop;
    private IpAddress source = IpAddress.ofIpv4(0x7f000001);

    Connection(ChainPlan plan, EventLoop loop) {
        super(plan);
        this.loop = loop;
    }

    /** From now on it comes from there. */
    void comesFrom(IpAddress address) {
        source = address;
    }

    @Override
    public long id() {
        return 1;
    }

    @Override
    public IpAddress source() {
        return source;
    }

    @Override
    public int sourcePort() {
        return 50_000;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public boolean routed() {
        return true;
    }

    @Override
    public boolean hasCluster(String name) {
        return false;
    }

    @Override
    public void onDecided() {
        throw new IllegalStateException("no filter of a benchmark suspends");
    }

    @Override
    public void onDecided(Direction direction) {
        throw new IllegalStateException("no filter of a benchmark suspends");
    }
}
