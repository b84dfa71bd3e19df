package dev.jvmrtc.core;

import java.util.function.Predicate;

/**
 * A map from ints that a peer may choose, such as SSRCs, which is asked for each packet: asking makes no object. Keys
 * are mixed with a number that the peer does not know, so that it cannot choose such as fall together. Not for several
 * threads.
 *
 * @param <V> never null
 */
public final class IntMap<V> {
    private static final int FIRST_SIZE = 16;

    private final int salt;
    private int[] keys = new int[FIRST_SIZE];
    /** Null where there is no entry. */
    private Object[] values = new Object[FIRST_SIZE];

    private int size;

    /** @param random where the mixing begins */
    public IntMap(RandomSource random) {
        salt = random.nextInt();
    }

    /** The value of a key, or null. */
    @SuppressWarnings("unchecked")
    public V get(int key) {
        return (V) values[find(key)];
    }

    /** Where the key is, or where it would be. */
    private int find(int key) {
        int i = mix(key);
        while (values[i] != null && keys[i] != key) {
            assert Steps.count();
            i = i + 1 & keys.length - 1;
        }
        return i;
    }

    /** The finalizer of MurmurHash3: each bit of the key has its part in each of the place. */
    private int mix(int key) {
        int h = key ^ salt;
        h = (h ^ h >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return (h ^ h >>> 16) & keys.length - 1;
    }

    public void put(int key, V value) {
        int i = find(key);
        if (values[i] == null) {
            if (size + 1 > keys.length / 2) {
                grow();
                i = find(key);
            }
            size++;
        }
        keys[i] = key;
        values[i] = value;
    }

    private void grow() {
        rebuild(keys.length * 2, v -> true);
    }

    /** Takes out the entries whose values are such. */
    public void removeIf(Predicate<? super V> unwanted) {
        rebuild(keys.length, unwanted.negate());
    }

    @SuppressWarnings("unchecked")
    private void rebuild(int length, Predicate<? super V> wanted) {
        int[] oldKeys = keys;
        Object[] oldValues = values;
        keys = new int[length];
        values = new Object[length];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null && wanted.test((V) oldValues[i])) {
                int at = find(oldKeys[i]);
                keys[at] = oldKeys[i];
                values[at] = oldValues[i];
                size++;
            }
        }
    }

    public int size() {
        return size;
    }

    public boolean containsKey(int key) {
        return get(key) != null;
    }
}
