package dev.jvmrtc.crypto;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Provider;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Cipher;
import javax.crypto.Mac;

/**
 * Algorithms that every Java runtime has, from the provider that the runtime prefers, which is looked for once: looking
 * costs more than a small message does, and a cipher that has not been told its provider keeps the list of all of them.
 */
public final class Jca {
    private static final Map<String, Provider> PROVIDERS = new ConcurrentHashMap<>();

    private Jca() {}

    public static Cipher cipher(String transformation) {
        try {
            Provider p = PROVIDERS.get(transformation);
            if (p == null) {
                p = Cipher.getInstance(transformation).getProvider();
                PROVIDERS.put(transformation, p);
            }
            return Cipher.getInstance(transformation, p);
        } catch (GeneralSecurityException e) {
            throw lacks(transformation, e);
        }
    }

    public static Mac mac(String algorithm) {
        try {
            Provider p = PROVIDERS.get(algorithm);
            if (p == null) {
                p = Mac.getInstance(algorithm).getProvider();
                PROVIDERS.put(algorithm, p);
            }
            return Mac.getInstance(algorithm, p);
        } catch (GeneralSecurityException e) {
            throw lacks(algorithm, e);
        }
    }

    public static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (GeneralSecurityException e) {
            throw lacks(algorithm, e);
        }
    }

    private static IllegalStateException lacks(String algorithm, GeneralSecurityException e) {
        return new IllegalStateException("this Java runtime lacks " + algorithm, e);
    }
}
