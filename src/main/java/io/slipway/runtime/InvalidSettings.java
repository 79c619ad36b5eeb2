package io.slipway.runtime;

import java.util.List;
import java.util.stream.Collectors;

/** Refuses to make a configuration record; the loader adds the value and where it came from. */
public final class InvalidSettings extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final transient List<Fault> faults;

  InvalidSettings(List<Fault> faults) {
    super(
        faults.stream()
            .map(fault -> fault.key() + ": expected " + fault.expected())
            .collect(Collectors.joining("; ")));
    this.faults = List.copyOf(faults);
  }

  List<Fault> faults() {
    return faults;
  }

  /** Tells what one key, relative to its record, should have been. */
  record Fault(String key, String expected) {}
}
