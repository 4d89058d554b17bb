/** A queue with exponential times between arrivals and of service (M/M/c), in seconds. */
export interface ErlangQueue {
  servers: number;
  serviceSeconds: number;
  arrivalsPerSecond: number;
}

/** The probability that a message waits at all: Erlang's C formula, from the recursion of his B formula. */
function waitProbability({ servers, serviceSeconds, arrivalsPerSecond }: ErlangQueue): number {
  const load = arrivalsPerSecond * serviceSeconds;
  let blocked = 1;
  for (let count = 1; count <= servers; count += 1) blocked = (load * blocked) / (count + load * blocked);
  const utilisation = load / servers;
  return blocked / (1 - utilisation + utilisation * blocked);
}

/** The seconds that a share of all messages waits at most: P(W > t) = C · e^(-(c/s - λ)t). */
export function waitQuantile(queue: ErlangQueue, share: number): number {
  const waiting = waitProbability(queue);
  if (1 - share >= waiting) return 0;
  return Math.log(waiting / (1 - share)) / (queue.servers / queue.serviceSeconds - queue.arrivalsPerSecond);
}
