package io.slipway.server.cluster;

import com.hazelcast.config.ClassFilter;
import com.hazelcast.config.JavaSerializationFilterConfig;

/**
 * What Hazelcast may read with Java's own serialisation: the failures that nodes tell each other
 * of, and nothing else. An answer with another one would not be read, and who asked would wait in
 * vain: a partition that moves for minutes, and those that wait for it.
 */
final class ToldFailures {
  private static final String[] OF_JAVA = {
    "java.io.EOFException",
    "java.io.IOException",
    "java.io.InvalidClassException",
    "java.io.NotSerializableException",
    "java.io.ObjectStreamException",
    "java.io.UncheckedIOException",
    "java.lang.ArithmeticException",
    "java.lang.ArrayIndexOutOfBoundsException",
    "java.lang.AssertionError",
    "java.lang.ClassCastException",
    "java.lang.ClassNotFoundException",
    "java.lang.Error",
    "java.lang.Exception",
    "java.lang.ExceptionInInitializerError",
    "java.lang.IllegalArgumentException",
    "java.lang.IllegalMonitorStateException",
    "java.lang.IllegalStateException",
    "java.lang.IncompatibleClassChangeError",
    "java.lang.IndexOutOfBoundsException",
    "java.lang.InterruptedException",
    "java.lang.LinkageError",
    "java.lang.NegativeArraySizeException",
    "java.lang.NoClassDefFoundError",
    "java.lang.NoSuchMethodError",
    "java.lang.NullPointerException",
    "java.lang.NumberFormatException",
    "java.lang.OutOfMemoryError",
    "java.lang.ReflectiveOperationException",
    "java.lang.RuntimeException",
    "java.lang.SecurityException",
    "java.lang.StackOverflowError",
    "java.lang.Throwable",
    "java.lang.UnsupportedOperationException",
    "java.lang.VirtualMachineError",
    "java.net.ConnectException",
    "java.net.SocketException",
    "java.net.SocketTimeoutException",
    "java.nio.channels.ClosedChannelException",
    "java.util.ConcurrentModificationException",
    "java.util.NoSuchElementException",
    "java.util.concurrent.CancellationException",
    "java.util.concurrent.CompletionException",
    "java.util.concurrent.ExecutionException",
    "java.util.concurrent.RejectedExecutionException",
    "java.util.concurrent.TimeoutException",
    // What each of them consists of.
    "java.lang.StackTraceElement",
    "[Ljava.lang.StackTraceElement;",
    "java.util.ArrayList",
    "java.util.Collections$EmptyList"
  };

  /** Of what we use of it: members, partitions, maps and operations. */
  private static final String[] OF_HAZELCAST = {
    "com.hazelcast.config.InvalidConfigurationException",
    "com.hazelcast.internal.cluster.impl.ClusterTopologyChangedException",
    "com.hazelcast.internal.cluster.impl.ConfigMismatchException",
    "com.hazelcast.internal.cluster.impl.MasterNodeChangedException",
    "com.hazelcast.internal.cluster.impl.VersionMismatchException",
    "com.hazelcast.internal.partition.PartitionStateVersionMismatchException",
    "com.hazelcast.internal.server.tcp.ProtocolException",
    "com.hazelcast.map.QueryResultSizeExceededException",
    "com.hazelcast.map.ReachedMaxSizeException",
    "com.hazelcast.map.impl.operation.EntryOffloadableLockMismatchException",
    "com.hazelcast.map.impl.operation.MapFetchIndexOperation$MissingPartitionException",
    "com.hazelcast.memory.NativeOutOfMemoryError",
    "com.hazelcast.nio.serialization.HazelcastSerializationException",
    "com.hazelcast.partition.NoDataMemberInClusterException",
    "com.hazelcast.spi.impl.securestore.SecureStoreException",
    "com.hazelcast.splitbrainprotection.SplitBrainProtectionException",
    "com.hazelcast.transaction.TransactionException",
    "com.hazelcast.transaction.TransactionNotActiveException",
    "com.hazelcast.transaction.TransactionTimedOutException"
  };

  private ToldFailures() {}

  static JavaSerializationFilterConfig only() {
    ClassFilter failures =
        new ClassFilter()
            .addClasses(OF_JAVA)
            .addClasses(OF_HAZELCAST)
            .addPackages("com.hazelcast.core", "com.hazelcast.spi.exception");
    return new JavaSerializationFilterConfig().setDefaultsDisabled(true).setWhitelist(failures);
  }
}
