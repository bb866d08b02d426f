/** What an act on a credential can prove: which gateways refuse it, and after how long. */
export type Receipt = {
  /** How many gateways have acknowledged. */
  acknowledged: number;
  /** How many were registered. */
  of: number;
  /** From commit to the last acknowledgement, or to giving up. */
  milliseconds: number;
  /** When the act was committed. */
  at: Date;
  slowest?: { gateway: string; milliseconds: number };
  /** Gateways that did not answer. Each distrusts its cache since then and asks the database for every request. */
  silent: { gateway: string; since: Date }[];
};

/** A gateway that did not hear for this long stops trusting its cache. */
export const STALENESS_MS = 5_000;
/** How long an act waits for acknowledgements: after it, whoever has not answered distrusts its cache. */
export const ACKNOWLEDGEMENT_WAIT_MS = STALENESS_MS + 1_000;
/** A gateway silent for this long is gone, and nobody waits for it. */
export const GATEWAY_GONE_MS = 15_000;

/** The receipt in one line, as the command line prints it. */
export function receiptLine(receipt: Receipt): string {
  if (receipt.of === 0) return "Recorded. No gateway is running.";
  const gateways = receipt.of === 1 ? "gateway" : "gateways";
  if (receipt.acknowledged === receipt.of) {
    const time = receipt.milliseconds < 1 ? "under 1 ms" : `${Math.round(receipt.milliseconds)} ms`;
    return `Refused everywhere after ${time} (${receipt.acknowledged} of ${receipt.of} ${gateways})`;
  }
  const silent = receipt.silent.map(
    ({ gateway, since }) => `${gateway} silent since ${since.toISOString()}; it asks the database for every request`,
  );
  return `${receipt.acknowledged} of ${receipt.of} ${gateways} acknowledged after ${(receipt.milliseconds / 1000).toFixed(1)} s. ${silent.join(". ")}`;
}
