package dev.sluice.runtime.relay;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The greatest of many, beside a list that is sorted. */
class BestTest {
    private static List<Long> keys(Best<Long> best) {
        List<Long> keys = new ArrayList<>();
        for (int i = 0; i < best.size(); i++) {
            assertEquals(best.key(i), best.thing(i) / 1_000, "the key of another thing");
            keys.add(best.key(i));
        }
        return keys.stream().sorted(Comparator.reverseOrder()).toList();
    }

    @Test
    void keepsTheGreatestOfAll() {
        Random random = new Random(11);
        for (int round = 0; round < 500; round++) {
            int most = 1 + random.nextInt(20);
            int range = 1 + random.nextInt(30);
            Best<Long> best = new Best<>(most);
            List<Long> all = new ArrayList<>();
            for (int i = random.nextInt(100); i > 0; i--) {
                long key = random.nextInt(range);
                all.add(key);
                best.offer(key, key * 1_000 + i);
            }
            assertEquals(all.stream().sorted(Comparator.reverseOrder()).limit(most).toList(), keys(best));
        }
    }

    @Test
    void ofEqualOnesTheFirstStay() {
        Best<Long> best = new Best<>(2);
        for (long i = 1; i <= 5; i++) {
            best.offer(7, 7_000 + i);
        }
        assertEquals(List.of(7_001L, 7_002L), List.of(best.thing(0), best.thing(1)));
    }
}
