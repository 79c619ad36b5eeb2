package io.slipway.cli;

import io.slipway.runtime.ConfigSources.Flag;
import io.slipway.runtime.DataSize;
import io.slipway.server.NamedServer;
import io.slipway.server.ScrubProcess;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Reads and hashes everything that a registry keeps. */
@Command(
    name = "scrub",
    description =
        "Reads and hashes everything that a registry keeps, and takes what is damaged out of"
            + " service; goes on where the last scrub was. Has the server do it that runs on the"
            + " data folder, or that is named. Exits with 1 when something is wrong.",
    mixinStandardHelpOptions = true)
final class ScrubCommand implements Callable<Integer> {
  @Mixin private StoreOptions stores;

  @Mixin private RemoteOptions remote;

  @Option(
      names = "--rate",
      paramLabel = "SIZE",
      description = "Bytes to read in a second, 20MiB for example (scrub.rate).")
  private @Nullable String rate;

  @Option(names = "--dry-run", description = "Tell what is wrong and change nothing.")
  private boolean dryRun;

  @Option(names = "--restart", description = "Begin at the beginning.")
  private boolean restart;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException, IOException {
    Optional<NamedServer> named = remote.server();
    if (named.isPresent()) {
      return ScrubProcess.at(
          named.get(),
          dryRun,
          restart,
          Optional.ofNullable(rate).map(this::size),
          spec.commandLine().getOut()::println);
    }
    var loaded =
        stores.load(rate == null ? Map.of() : Map.of("--rate", new Flag("scrub.rate", rate)));
    loaded.warnings().forEach(spec.commandLine().getErr()::println);
    return ScrubProcess.run(loaded.config(), dryRun, restart, spec.commandLine().getOut()::println);
  }

  private DataSize size(String text) {
    try {
      return DataSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(), "--rate is " + text + " but expected a size such as 20MiB");
    }
  }
}
