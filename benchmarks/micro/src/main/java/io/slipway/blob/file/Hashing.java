package io.slipway.blob.file;

import io.slipway.oci.DigestAlgorithm;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Compares where the bytes of an upload may lie when they are hashed, by the size of the pieces.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class Hashing {
  /** More than a core's own cache has. */
  private static final int MIB = 16;

  private static final int BYTES = MIB << 20;

  /** How many bytes are hashed at a time. */
  @Param({"4096", "16384", "65536", "262144", "1048576"})
  public int piece;

  private final byte[] content = new byte[BYTES];
  private final byte[] hash = new byte[32];
  private final MessageDigest digest = DigestAlgorithm.SHA256.newMessageDigest();
  private ByteBuffer direct = ByteBuffer.allocate(0);

  /** Takes random bytes. */
  @Setup
  public void fill() {
    new Random(1).nextBytes(content);
    direct = ByteBuffer.allocateDirect(piece);
  }

  /** The least: hashed where they lie, kept nowhere. Time is that of one MiB, as for the others. */
  @Benchmark
  @OperationsPerInvocation(MIB)
  public int heap() throws DigestException {
    for (int at = 0; at < BYTES; at += piece) {
      digest.update(content, at, piece);
    }
    return digest.digest(hash, 0, hash.length);
  }

  /** What a push does: hashed on the heap, then copied to where the system writes them from. */
  @Benchmark
  @OperationsPerInvocation(MIB)
  public int registry() throws DigestException {
    for (int at = 0; at < BYTES; at += piece) {
      ByteBuffer part = ByteBuffer.wrap(content, at, piece);
      digest.update(part.duplicate());
      direct.clear().put(part);
    }
    return digest.digest(hash, 0, hash.length);
  }

  /** Copied first and hashed there, outside the heap. */
  @Benchmark
  @OperationsPerInvocation(MIB)
  public int copiedThenDirect() throws DigestException {
    for (int at = 0; at < BYTES; at += piece) {
      direct.clear().put(content, at, piece).flip();
      digest.update(direct);
    }
    return digest.digest(hash, 0, hash.length);
  }
}
