import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { eventually } from '../eventually.ts';
import type { Headers } from '../services/downloads.ts';
import { checkDocumented, checkDocumentedEvent } from './documented-answers.ts';

/** A server-sent event. A block without data, such as one with `retry`, is not an event. */
interface ServerEvent {
  event: string;
  id: string;
  data: string;
}

/** A stream of events that is being read. */
export interface EventStream {
  status: number;
  headers: IncomingMessage['headers'];
  /** All events so far. */
  events: ServerEvent[];
  /** The raw text so far. */
  text(): string;
  /** Resolves with the names of all events when there are `count`. */
  named(count: number, deadline?: number): Promise<string[]>;
  /** Resolves with the names of all events when the server has ended the stream. */
  ended(deadline?: number): Promise<string[]>;
  /** Disconnects. */
  leave(): void;
}

export async function openEvents(url: string, headers: Headers = {}): Promise<EventStream> {
  const request = get(url, { headers, agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  const events: ServerEvent[] = [];
  const { pathname, search } = new URL(url);
  checkDocumented({
    method: 'GET',
    path: pathname + search,
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: Buffer.alloc(0),
  });
  let checked = 0;
  let fault: unknown;
  response.on('error', () => undefined).setEncoding('utf8');
  response.on('data', (chunk: string) => {
    text += chunk;
    events.splice(
      0,
      events.length,
      ...text
        .split('\n\n')
        .slice(0, -1)
        .map(parseBlock)
        .filter(({ data }) => data !== ''),
    );
    try {
      for (; checked < events.length; checked += 1) checkDocumentedEvent(events[checked] as ServerEvent);
    } catch (error) {
      fault ??= error;
    }
  });
  const checkEvents = () => {
    if (fault) throw fault;
  };
  const names = () => events.map(({ event }) => event);
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    events,
    text: () => text,
    named: async (count, deadline) => {
      await eventually(`${count} events arrive`, () => events.length >= count, deadline);
      checkEvents();
      return names();
    },
    ended: async (deadline) => {
      await eventually('the events end', () => response.readableEnded && response.complete, deadline);
      checkEvents();
      return names();
    },
    leave: () => void request.destroy(),
  };
}

function parseBlock(block: string): ServerEvent {
  const lines = block.split('\n').map((line) => [line.split(':', 1)[0], line.slice(line.indexOf(':') + 2)]);
  return { event: '', id: '', data: '', ...Object.fromEntries(lines) };
}
