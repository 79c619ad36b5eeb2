package io.slipway.server.cluster;

import io.slipway.testing.FaultyLink;
import io.slipway.testing.FreePort;
import io.vertx.core.eventbus.EventBusOptions;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The ways by which nodes of a cluster reach each other: all that one of them says to another goes
 * through links of the test, to Hazelcast's port and to that of the event bus.
 */
final class NodeLinks implements AutoCloseable {
  private static final String HAZELCAST = "hazelcast.local.publicAddress";
  private static final String BUS = "slipway.test.publicBusPort";

  private final String classPath;
  private final List<Node> nodes;

  /** What can become of them. */
  enum Cut {
    /** Connections end, and new ones are refused. */
    REFUSED,
    /** Connections stay, new ones are taken, and nothing arrives. */
    SILENT,
    /** Connections are reset, and new ones end at their first byte. */
    RESET
  }

  /** The ports of a node, and the ways there. */
  private record Node(int memberPort, int busPort, FaultyLink member, FaultyLink bus) {
    static Node find() {
      int member = FreePort.find();
      int bus = FreePort.find();
      return new Node(member, bus, FaultyLink.to(member), FaultyLink.to(bus));
    }

    Stream<FaultyLink> links() {
      return Stream.of(member, bus);
    }
  }

  private NodeLinks(String classPath, List<Node> nodes) {
    this.classPath = classPath;
    this.nodes = nodes;
  }

  /**
   * Opens the ways to so many nodes.
   *
   * @param folder for what of their classes differs: the port of the bus that others are told
   */
  static NodeLinks open(Path folder, int count) throws IOException {
    write(folder);
    String classPath = folder + File.pathSeparator + System.getProperty("java.class.path");
    return new NodeLinks(
        classPath,
        Stream.generate(Node::find).limit(count).collect(Collectors.toUnmodifiableList()));
  }

  /** Starts the nodes, each of which tells the others to come by its links. */
  ClusterNodes start(Path folder) {
    return ClusterNodes.start(
        folder, Collections.nCopies(nodes.size(), classPath), this::configure);
  }

  private void configure(Map<String, String> settings, int index) {
    Node node = nodes.get(index);
    settings.put("cluster.port", String.valueOf(node.memberPort()));
    settings.put("cluster.bus_port", String.valueOf(node.busPort()));
    settings.put(
        "cluster.members",
        nodes.stream().map(NodeLinks::memberAddress).collect(Collectors.joining(",")));
    settings.put(
        ClusterNodes.FLAGS,
        "-D%s=%s -D%s=%d".formatted(HAZELCAST, memberAddress(node), BUS, node.bus().port()));
  }

  private static String memberAddress(Node node) {
    return "127.0.0.1:" + node.member().port();
  }

  /** Cuts all ways to a node; none is left between nodes when those to each of them are cut. */
  void cut(int index, Cut how) {
    nodes
        .get(index)
        .links()
        .forEach(
            link -> {
              switch (how) {
                case REFUSED -> link.cut();
                case SILENT -> link.silence();
                case RESET -> link.reset();
              }
            });
  }

  /** Makes all ways good again. */
  void mend() {
    nodes.stream().flatMap(Node::links).forEach(FaultyLink::mend);
  }

  /** There is no setting for it: nodes reach each other where they listen. */
  private static void write(Path folder) throws IOException {
    String name = ClusterBus.class.getName().replace('.', '/') + ".class";
    try (InputStream in = ClusterBus.class.getClassLoader().getResourceAsStream(name)) {
      ClassFile file = ClassFile.of();
      byte[] changed =
          file.transformClass(
              file.parse(in.readAllBytes()), ClassTransform.transformingMethodBodies(publicPort()));
      Path target = folder.resolve(name);
      Files.createDirectories(target.getParent());
      Files.write(target, changed);
    }
  }

  private static CodeTransform publicPort() {
    ClassDesc options = EventBusOptions.class.describeConstable().orElseThrow();
    MethodTypeDesc setter = MethodTypeDesc.of(options, ConstantDescs.CD_int);
    MethodTypeDesc reader = MethodTypeDesc.of(ConstantDescs.CD_Integer, ConstantDescs.CD_String);
    return (code, element) -> {
      code.with(element);
      if (element instanceof InvokeInstruction call
          && call.name().equalsString("setClusterPublicHost")) {
        code.loadConstant(BUS)
            .invokestatic(ConstantDescs.CD_Integer, "getInteger", reader)
            .invokevirtual(
                ConstantDescs.CD_Integer, "intValue", MethodTypeDesc.of(ConstantDescs.CD_int))
            .invokevirtual(options, "setClusterPublicPort", setter);
      }
    };
  }

  @Override
  public void close() {
    IntStream.range(0, nodes.size())
        .forEach(node -> nodes.get(node).links().forEach(FaultyLink::close));
  }
}
