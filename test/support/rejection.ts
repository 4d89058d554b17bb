import { AssertionError } from 'chai';

/** Returns the reason with which a promise is rejected; fails the test if it is fulfilled. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new AssertionError(`expected a rejection, got ${JSON.stringify(value)}`);
}
