/** A line of Prometheus' text format with a value (https://prometheus.io/docs/instrumenting/exposition_formats/). */
export interface PrometheusSample {
  name: string;
  labels: Readonly<Record<string, string>>;
  value: number;
  /** Milliseconds since 1970, if the line has a time, as those that Prometheus itself serves do. */
  at?: number;
}

/** Labels are read by themselves, because a closing brace may be in a value. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(\{.*\})? +(\S+)(?: +(\d{1,15}))?\s*$/;
const LABEL = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g;

export function sampleOf(line: string): PrometheusSample | undefined {
  const [, name, labels = '', value, at] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) return undefined;
  return {
    name,
    labels: Object.fromEntries([...labels.matchAll(LABEL)].map(([, label = '', text = '']) => [label, text])),
    value: Number(value),
    ...(at !== undefined && { at: Number(at) }),
  };
}
