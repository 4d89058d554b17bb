import { type AwsAnswer, jsonOf, type OpenSupplement, type PassOn } from './exchange.ts';

/**
 * Documents that moto 5.2.1 does not return unchanged: it refuses requests for a redrive-allow policy, forgets a policy when any other
 * attribute is set, and rewrites a redrive policy.
 */
const DOCUMENTS = ['Policy', 'RedrivePolicy', 'RedriveAllowPolicy'];

export const openSqs: OpenSupplement = () => {
  const kept = new Map<string, Record<string, string>>();

  function keep(queue: string, attributes: Record<string, string> = {}): void {
    const documents = Object.entries(attributes).filter(([name]) => DOCUMENTS.includes(name));
    kept.set(queue, { ...kept.get(queue), ...Object.fromEntries(documents) });
  }

  async function tell(queue: string, body: { AttributeNames?: string[] }, passOn: PassOn): Promise<AwsAnswer> {
    const asked = body.AttributeNames ?? [];
    // Asks for another attribute in place of a document, so that a missing queue is still reported.
    const AttributeNames = asked.map((name) => (DOCUMENTS.includes(name) ? 'QueueArn' : name));
    const answer = await passOn({ body: Buffer.from(JSON.stringify({ ...body, AttributeNames })) });
    if (answer.status !== 200) return answer;
    const { Attributes = {} } = jsonOf(answer);
    for (const name of DOCUMENTS) {
      delete Attributes[name];
      const document = kept.get(queue)?.[name];
      if (document && (asked.includes(name) || asked.includes('All'))) Attributes[name] = document;
    }
    return { ...answer, body: JSON.stringify({ Attributes }) };
  }

  return (request, passOn) => {
    const body = jsonOf(request);
    const queue: string = body.QueueName ?? body.QueueUrl?.split('/').at(-1);
    if (request.action === 'GetQueueAttributes') return tell(queue, body, passOn);
    if (request.action === 'DeleteQueue') kept.delete(queue);
    if (request.action === 'CreateQueue' || request.action === 'SetQueueAttributes') keep(queue, body.Attributes);
    return undefined;
  };
};
