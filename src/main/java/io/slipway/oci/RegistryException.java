package io.slipway.oci;

import java.util.Map;

/**
 * Refuses a request for a reason its sender should read: a code, a sentence "tried to … but …", and
 * details for programs.
 *
 * <p>Has no stack trace: it is an answer, not a defect.
 */
public final class RegistryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;
  private final transient Map<String, Object> detail;

  public RegistryException(ErrorCode code, String message) {
    this(code, message, Map.of());
  }

  /** Takes a detail of strings, numbers, lists and maps, sent as JSON. */
  public RegistryException(ErrorCode code, String message, Map<String, Object> detail) {
    super(message, null, false, false);
    this.code = code;
    this.detail = Map.copyOf(detail);
  }

  public ErrorCode code() {
    return code;
  }

  public Map<String, Object> detail() {
    return detail;
  }
}
