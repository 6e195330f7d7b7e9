// Times requests one after another; the first of each kind warms up.
import { RefreshToken } from 'nestjs-jwt-refresh';
import { eventFilters, ORDERS, SORTS, tokenFilters } from './cases.mjs';
import { HEAVY_SUBJECT } from './dataset.mjs';
import { bytesPerRow } from './sizes.mjs';

const PAGE = 50;
const DEEP = 1000 * PAGE;

/** @returns times in milliseconds */
export async function measure(database, plan) {
  const ids = await someIds(database.dataSource);
  const world = { rows: database.rows, now: database.now, ids };
  const wanted = ({ name }) => !plan.only || plan.only.split(',').some((word) => name.includes(word));
  const lists = [];
  for (const list of listsOf(world).filter(wanted)) lists.push(await measureList(database, list, plan));
  const others = [];
  for (const other of othersOf(world).filter(wanted)) others.push({ name: other.name, ...(await sample(database, other.request, plan.samples)) });
  return { bytesPerRow: await bytesPerRow(database), lists, others };
}

function listsOf(world) {
  const tokens = Object.entries(tokenFilters(world)).flatMap(([name, filter]) =>
    SORTS.flatMap((sort) => ORDERS.map((order) => ({ name, path: '', sort, order, filter: { ...filter, sort, order } }))),
  );
  const events = Object.entries(eventFilters(world)).flatMap(([name, filter]) =>
    ORDERS.map((order) => ({ name, path: '/events', sort: 'time', order, filter: { ...filter, order } })),
  );
  return [...tokens, ...events];
}

function othersOf({ ids }) {
  const get = (path) => ({ path });
  return [
    ...['24h', '7d', '30d'].map((range) => ({ name: `stats ${range}`, request: () => get(`/stats?range=${range}`) })),
    { name: 'one family and its life', request: (index) => get(`/${ids[index % ids.length]}`) },
    { name: 'lookup', request: (index) => ({ path: '/lookup', body: { token: `jrt_unknown${index}` } }) },
    { name: 'subject page: families', request: () => get(`?subject=${HEAVY_SUBJECT}&limit=200`) },
    { name: 'subject page: events', request: () => get(`/events?subject=${HEAVY_SUBJECT}&limit=200`) },
  ];
}

/** The first page, one about the 1,000th, and the way back from there. */
async function measureList(database, { name, path, sort, order, filter }, { samples, walkMs }) {
  const at = (index, more) => ({ path: `${path}?${query(filter, index, more)}` });
  const first = await sample(database, (index) => at(index), samples);
  const deep = await walk(database, (more) => at(0, more), walkMs);
  const pages = { deep: null, back: null };
  if (deep) {
    pages.deep = await sample(database, (index) => at(0, { limit: PAGE, cursor: deep.cursors[index % deep.cursors.length] }), samples);
    const back = await Promise.all(deep.cursors.slice(0, 3).map((cursor) => send(database, at(0, { limit: PAGE, cursor }))));
    const cursors = back.map(({ body }) => body.prevCursor);
    pages.back = await sample(database, (index) => at(0, { limit: PAGE, cursor: cursors[index % cursors.length] }), samples);
  }
  return { name, sort, order, first, ...pages, page: deep && Math.floor(deep.seen / PAGE), requests: deep?.requests };
}

/** Goes on, in large pages, until the 1,000th page of the usual size, the end, or time is up. */
async function walk(database, request, walkMs) {
  const cursors = [];
  let seen = 0;
  const start = performance.now();
  for (let cursor, requests = 1; ; requests++) {
    const { body } = await send(database, request({ limit: 200, ...(cursor ? { cursor } : {}) }));
    seen += body.data.length;
    cursor = body.nextCursor;
    if (cursor) cursors.push(cursor);
    if (!cursor || seen >= DEEP || performance.now() - start > walkMs)
      return cursors.length > 0 ? { cursors: cursors.slice(-10), seen, requests } : null;
  }
}

async function sample(database, request, samples) {
  await send(database, request(0));
  const times = [];
  let rows = 0;
  for (let index = 1; index <= samples; index++) {
    const start = performance.now();
    const { body } = await send(database, request(index));
    times.push(performance.now() - start);
    rows = body.data?.length ?? 0;
  }
  times.sort((a, b) => a - b);
  const at = (share) => Math.round(times[Math.min(times.length - 1, Math.floor(share * times.length))] * 10) / 10;
  return { p50: at(0.5), p95: at(0.95), max: at(1), rows };
}

async function send({ url, authorization }, { path, body }) {
  const headers = { authorization, ...(body ? { 'content-type': 'application/json' } : {}) };
  const response = await fetch(url + path, { headers, ...(body ? { method: 'POST', body: JSON.stringify(body) } : {}) });
  if (response.status >= 500 || response.status === 400) throw new Error(`${response.status} ${path} ${await response.text()}`);
  return { status: response.status, body: await response.json() };
}

function query(filter, index, more = {}) {
  const values = Object.entries({ ...filter, ...more }).map(([name, value]) => [name, typeof value === 'function' ? value(index) : value]);
  return new URLSearchParams(values).toString();
}

async function someIds(dataSource) {
  const rows = await dataSource.getRepository(RefreshToken).find({ select: { id: true }, take: 2000 });
  return rows.filter((_, index) => index % 20 === 7).map(({ id }) => id);
}
