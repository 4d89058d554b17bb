import { startMotoServer } from '../../scripts/test-aws/moto-server.ts';
import { type AwsStandIn, type StandInOptions, startAwsStandIn } from './aws-stand-in.ts';

/** Milliseconds that moto_server has to answer, since several are started at once. */
const START_MS = 60_000;

export interface EmulatedAws {
  /** The URL of the stand-in, with moto behind it. */
  endpoint: string;
  stop(): Promise<void>;
}

/** Starts an emulated AWS with one empty account. */
export async function startEmulatedAws(accountId: string, options?: StandInOptions): Promise<EmulatedAws> {
  const moto = await startMotoServer({ env: { ...process.env, MOTO_ACCOUNT_ID: accountId }, startMs: START_MS });
  let standIn: AwsStandIn;
  try {
    standIn = await startAwsStandIn(moto.url, accountId, options);
  } catch (error) {
    await moto.stop();
    throw error;
  }
  return {
    endpoint: standIn.url,
    stop: async () => {
      await standIn.stop();
      await moto.stop();
    },
  };
}
