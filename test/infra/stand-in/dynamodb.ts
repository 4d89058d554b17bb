import { type AwsAnswer, jsonOf, type OpenSupplement, type PassOn } from './exchange.ts';

interface Throttled {
  IndexName?: string;
  OnDemandThroughput?: object;
}

/** moto 5.2.1 accepts the maximum throughput of a table on demand and of its indexes, but does not return it. */
export const openDynamoDb: OpenSupplement = () => {
  const ceilings = new Map<string, object>();
  const keyOf = (table: string, { IndexName = '' }: Throttled) => `${table}/${IndexName}`;

  function keep(table: string, given: Throttled[]): void {
    for (const part of given) if (part.OnDemandThroughput) ceilings.set(keyOf(table, part), part.OnDemandThroughput);
  }

  async function tell(passOn: PassOn): Promise<AwsAnswer> {
    const answer = await passOn();
    if (answer.status !== 200) return answer;
    const body = jsonOf(answer);
    for (const part of [body.Table, ...(body.Table.GlobalSecondaryIndexes ?? [])]) {
      const found = ceilings.get(keyOf(body.Table.TableName, part));
      if (found) part.OnDemandThroughput = found;
    }
    return { ...answer, body: JSON.stringify(body) };
  }

  return (request, passOn) => {
    if (request.action === 'DescribeTable') return tell(passOn);
    if (request.action !== 'CreateTable' && request.action !== 'UpdateTable') return undefined;
    const { TableName, GlobalSecondaryIndexes = [], GlobalSecondaryIndexUpdates = [], ...table } = jsonOf(request);
    const updates = GlobalSecondaryIndexUpdates.flatMap((update: Record<string, Throttled>) => Object.values(update));
    keep(TableName, [table, ...GlobalSecondaryIndexes, ...updates]);
    return undefined;
  };
};
