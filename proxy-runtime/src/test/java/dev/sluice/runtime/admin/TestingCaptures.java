package dev.sluice.runtime.admin;

import java.util.ArrayList;
import java.util.List;

import dev.sluice.runtime.capture.CaptureBlock;
import dev.sluice.runtime.capture.CaptureControl;
import dev.sluice.runtime.capture.CaptureRequest;
import dev.sluice.runtime.capture.CaptureView;
import org.jspecify.annotations.Nullable;

/** Captures of nothing, which remember their orders. */
class TestingCaptures implements CaptureControl {
    final List<CaptureRequest> orders = new ArrayList<>();

    @Override
    public CaptureView start(CaptureRequest request) throws RefusedException {
        orders.add(request);
        return view(orders.size(), "running");
    }

    private CaptureView view(long id, String state) {
        CaptureRequest order = orders.get((int) id - 1);
        return new CaptureView(id, order.text(), order.layer(), order.payload(), state, 0, 0, 0, 0);
    }

    @Override
    public List<CaptureView> list() {
        List<CaptureView> views = new ArrayList<>();
        for (int id = 1; id <= orders.size(); id++) {
            views.add(view(id, "running"));
        }
        return views;
    }

    @Override
    public @Nullable CaptureView stop(long id) {
        return id > orders.size() ? null : view(id, "stopped");
    }

    @Override
    public @Nullable CaptureBlock read(long id, long offset) {
        return id > orders.size() || offset != 0
                ? null
                : new CaptureBlock(new byte[]{1, 2, 3}, 3, false, view(id, "running"));
    }
}
