package io.slipway.cli;

import io.slipway.runtime.Durations;
import io.slipway.server.GarbageCollecting;
import io.slipway.server.GarbageResult;
import io.slipway.server.GarbageWish;
import io.slipway.server.NamedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Deletes what nothing needs any more, or says what that is. */
@Command(
    name = "gc",
    description = {
      "Deletes blobs that no manifest names, and manifests that nothing holds.",
      "Asks the server that runs on the data folder; works on it itself when there is none."
    },
    mixinStandardHelpOptions = true)
final class GcCommand implements Callable<Integer> {
  @ArgGroup private @Nullable What what;

  @Option(names = "--verbose", description = "Name each blob.")
  private boolean verbose;

  @Option(
      names = "--grace",
      paramLabel = "DURATION",
      description = "Instead of gc.grace and gc.untagged_after; 0s spares nothing.")
  private @Nullable String grace;

  @Mixin private ServerOptions server;

  @Spec private CommandSpec spec;

  /** At most one of them. */
  private static final class What {
    @Option(names = "--dry-run", description = "Delete nothing, say what would be deleted.")
    private boolean dryRun;

    @Option(names = "--delete", description = "Delete.")
    private boolean delete;
  }

  @Override
  public Integer call() throws IOException {
    GarbageWish wish =
        new GarbageWish(
            what != null && what.delete, Optional.ofNullable(grace).map(this::time), verbose);
    Optional<NamedServer> named = server.server();
    GarbageResult result =
        named.isPresent()
            ? GarbageCollecting.at(named.get(), wish, spec.commandLine().getErr()::println)
            : GarbageCollecting.of(server.config(), wish, spec.commandLine().getErr()::println);
    result.lines(wish, what != null && what.dryRun).forEach(spec.commandLine().getOut()::println);
    return 0;
  }

  private Duration time(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--grace is " + text + " but expected a time such as 90m or 0s");
    }
  }
}
