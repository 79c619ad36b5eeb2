package io.slipway.blob.s3;

import io.slipway.oci.DigestAlgorithm;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves and restores a hash computation half-way, which the JDK does not offer: it reads the fields
 * of its implementation. Where they are not as they should be nothing is saved, and blobs are read
 * back instead.
 */
final class HashState {
  private static final Logger LOG = LoggerFactory.getLogger(HashState.class);
  private static final boolean WORKS = works();

  private HashState() {}

  /** Tells whether this JDK's computations can be saved. */
  static boolean isAvailable() {
    return WORKS;
  }

  /** Saves a computation, which stays as it is; empty when that cannot be done. */
  static Optional<byte[]> save(MessageDigest hash) {
    try {
      return WORKS ? Optional.of(read(hash)) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("worked when it was tried", e);
    }
  }

  /** Restores a computation; empty when that cannot be done. */
  static Optional<MessageDigest> restore(DigestAlgorithm algorithm, byte[] saved) {
    try {
      return WORKS ? Optional.of(write(algorithm, saved)) : Optional.empty();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("worked when it was tried", e);
    }
  }

  private static boolean works() {
    try {
      for (DigestAlgorithm algorithm : DigestAlgorithm.values()) {
        MessageDigest hash = algorithm.newMessageDigest();
        hash.update(new byte[1234]);
        MessageDigest restored = write(algorithm, read(hash));
        hash.update(new byte[321]);
        restored.update(new byte[321]);
        if (!Arrays.equals(hash.digest(), restored.digest())) {
          throw new IllegalStateException("it went on to another digest");
        }
      }
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.warn(
          "tried to save a hash half-way but {}; uploads that change the node are read back once",
          e.toString());
      return false;
    }
  }

  private static byte[] read(MessageDigest hash) throws ReflectiveOperationException {
    Object spi = spi(hash);
    byte[] block = (byte[]) field(spi, "buffer").get(spi);
    Object words = field(spi, "state").get(spi);
    int count = Array.getLength(words);
    ByteBuffer saved =
        ByteBuffer.allocate(2 * Integer.BYTES + (count + 1) * Long.BYTES + block.length);
    saved.putInt(field(spi, "bufOfs").getInt(spi)).putInt(count);
    saved.putLong(field(spi, "bytesProcessed").getLong(spi));
    for (int i = 0; i < count; i++) {
      saved.putLong(Array.getLong(words, i));
    }
    return saved.put(block).array();
  }

  private static MessageDigest write(DigestAlgorithm algorithm, byte[] bytes)
      throws ReflectiveOperationException {
    MessageDigest hash = algorithm.newMessageDigest();
    Object spi = spi(hash);
    ByteBuffer saved = ByteBuffer.wrap(bytes);
    int offset = saved.getInt();
    int count = saved.getInt();
    field(spi, "bufOfs").setInt(spi, offset);
    field(spi, "bytesProcessed").setLong(spi, saved.getLong());
    Object words = field(spi, "state").get(spi);
    for (int i = 0; i < count; i++) {
      long word = saved.getLong();
      if (words instanceof int[] ints) {
        ints[i] = (int) word;
      } else {
        Array.setLong(words, i, word);
      }
    }
    saved.get((byte[]) field(spi, "buffer").get(spi));
    return hash;
  }

  private static Object spi(MessageDigest hash) throws ReflectiveOperationException {
    return field(hash, "digestSpi").get(hash);
  }

  private static Field field(Object owner, String name) throws ReflectiveOperationException {
    for (@Nullable Class<?> type = owner.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field;
        }
      }
    }
    throw new NoSuchFieldException(name);
  }
}
