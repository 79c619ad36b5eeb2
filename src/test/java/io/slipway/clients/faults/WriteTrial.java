package io.slipway.clients.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.List;
import java.util.function.Supplier;

/**
 * Changes something in one request, which a client simply sends again when it failed.
 *
 * @param before makes what it needs
 * @param again how a repeated request is answered well, when the first may have had its effect
 * @param after what must hold in the end
 */
record WriteTrial(
    Runnable before, Supplier<HttpResponse<byte[]>> request, List<Integer> again, Runnable after)
    implements Trial {
  @Override
  public void prepare() {
    before.run();
  }

  @Override
  public HttpResponse<byte[]> attempt() {
    return request.get();
  }

  @Override
  public void settle(Outcome outcome) {
    if (!outcome.isSuccess()) {
      assertThat(request.get().statusCode()).isIn(again);
    }
    after.run();
  }
}
