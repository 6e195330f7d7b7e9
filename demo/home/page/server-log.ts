import { byId, element } from './dom';

interface Entry {
  who: string;
  /** What happened, where nothing was asked: between two requests. */
  note?: string;
  request?: string;
  status?: number;
  answer?: string;
}

const LONGEST = 60;
const MOST_LINES = 14;
const tabs = new BroadcastChannel('demo-log');
tabs.onmessage = ({ data }: MessageEvent<Entry>) => show({ ...data, who: data.who === 'this tab' ? 'another tab' : data.who });

/** Tells the reader, in every tab. */
export function note(text: string, who = 'this tab'): void {
  tell({ who, note: text });
}

/** `fetch` that writes down what was asked and answered. */
export const loggedFetch: typeof fetch = async (input, init) => {
  const response = await fetch(input, init);
  await writeDown(response, init?.method, 'this tab');
  return response;
};

/** The same, for somebody who has no business here. */
export async function thievishFetch(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init);
  await writeDown(response, init.method, 'the thief');
  return response;
}

async function writeDown(response: Response, method = 'GET', who: string): Promise<void> {
  const text = await response.clone().text();
  tell({ who, request: `${method} ${new URL(response.url).pathname}`, status: response.status, answer: readable(text) });
}

function tell(entry: Entry): void {
  show(entry);
  tabs.postMessage(entry);
}

function show({ who, note, request, status = 0, answer }: Entry): void {
  const item = element('li', note ? 'note' : status < 400 ? 'good' : 'bad');
  const time = element('time', '', new Date().toLocaleTimeString('en-GB'));
  item.append(
    element('p', 'line', time, element('span', 'who', who), ...(note ? [note] : [element('code', '', request!), element('b', '', `${status}`)])),
  );
  if (answer) item.append(element('pre', '', answer));
  byId('silence').hidden = true;
  byId('log').prepend(item);
}

/** JSON over several lines, each token in it cut: no whole one stands on the screen. */
function readable(json: string): string {
  try {
    const lines = JSON.stringify(JSON.parse(json), shortened, 1)
      .replace(/^\{\n|\n\}$|^ /gm, '')
      .split('\n');
    return [...lines.slice(0, MOST_LINES), ...(lines.length > MOST_LINES ? ['…'] : [])].join('\n');
  } catch {
    return json;
  }
}

const shortened = (_: string, value: unknown): unknown =>
  typeof value === 'string' && value.length > LONGEST && !value.includes(' ') ? `${value.slice(0, 12)}…${value.slice(-4)}` : value;
