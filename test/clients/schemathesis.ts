import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** A finding of Schemathesis about one answer. */
export interface Finding {
  check: string;
  /** Method and path, as the document has it. */
  operation: string;
  message: string;
  uri: string;
  status: number | undefined;
  /** The code of a problem document. */
  code: string | undefined;
  errors: { path: string; message: string }[];
  sent: Record<string, string[]>;
}

interface Check {
  name: string;
  status: string;
  failure_info?: { failure: { title: string; message: string; operation?: string } };
}

interface Interaction {
  request: { method: string; uri: string; headers: Record<string, string[]> };
  response?: { status_code: number; content?: { $base64: string } };
}

interface Recorder {
  label: string;
  checks?: Record<string, Check[]>;
  interactions?: Record<string, Interaction>;
}

/** The failures in a report of Schemathesis (`--report ndjson`). */
export async function findingsIn(report: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const line of createInterface({ input: createReadStream(report) })) {
    const { ScenarioFinished: finished } = JSON.parse(line) as { ScenarioFinished?: { recorder: Recorder } };
    if (finished) findings.push(...findingsOf(finished.recorder));
  }
  return findings;
}

function findingsOf({ label, checks = {}, interactions = {} }: Recorder): Finding[] {
  return Object.entries(checks).flatMap(([id, each]) =>
    each
      .filter(({ status }) => status === 'failure')
      .map(({ name, failure_info: info }) => ({
        check: name,
        operation: info?.failure.operation ?? label,
        message: `${info?.failure.title}: ${info?.failure.message}`,
        ...answerOf(interactions[id]),
      })),
  );
}

function answerOf(interaction: Interaction | undefined) {
  const { request, response } = interaction ?? {};
  const text = Buffer.from(response?.content?.$base64 ?? '', 'base64').toString();
  const problem = text.startsWith('{"type":"urn:') ? JSON.parse(text) : {};
  return {
    uri: `${request?.method} ${request?.uri}`,
    status: response?.status_code,
    code: problem.code as string | undefined,
    errors: (problem.errors ?? []) as Finding['errors'],
    sent: request?.headers ?? {},
  };
}
