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
    public IpAddress peer() {
        return source;
    }

    @Override
    public int peerPort() {
        return 50_000;
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
    public IpAddress destination() {
        return source;
    }

    @Override
    public int destinationPort() {
        return 443;
    }

    @Override
    protected EventLoop loop() {
        return loop;
    }

    @Override
    protected boolean routed() {
        return true;
    }

    @Override
    protected boolean hasCluster(String name) {
        return false;
    }

    @Override
    protected void onAnswer() {
        throw new IllegalStateException("no filter of a benchmark suspends");
    }

    @Override
    protected void onAnswer(Direction direction) {
        throw new IllegalStateException("no filter of a benchmark suspends");
    }
}
