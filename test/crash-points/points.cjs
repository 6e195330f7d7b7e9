// For the copy of the demo that `build-with-points.mjs` makes: lets a piece of work go as far as one named await, and no further.
const { AsyncLocalStorage } = require('node:async_hooks');
const { Server } = require('node:http');

const works = new AsyncLocalStorage();
/** What has stopped, by its id. */
const stopped = new Map();

globalThis.crashPoint = {
  before: (name) => pass(`before ${name}`),
  after: async (name, value) => {
    await pass(`after ${name}`);
    return value;
  },
  block,
  begin,
  goOn,
};

const emit = Server.prototype.emit;
Server.prototype.emit = function (event, request, response) {
  const id = event === 'request' && request.headers['x-crash-request'];
  const go = () => emit.apply(this, arguments);
  return id ? follow(id, request.headers['x-crash-at'], response, go) : go();
};

function follow(id, stopAt, response, go) {
  const { run, finish } = begin(id, stopAt);
  response.on('finish', finish);
  return run(go);
}

/** Tells where a piece of work has stopped, or what it has passed when it is finished. */
function begin(id, stopAt) {
  const work = { id, stopAt, passed: [], ran: [], isOver: false };
  const finish = () => {
    // What has stopped may have been on nobody's way.
    if (work.isOver) return;
    work.isOver = true;
    process.send({ id, event: 'answered', passed: work.passed });
  };
  return { run: (go) => works.run(work, go), finish };
}

function pass(name) {
  const work = workThatStopsAt(name, 'passed');
  return work && new Promise((resolve) => stopped.set(work.id, { work, resolve }));
}

/** For what happens in one turn of the event loop: the whole process stops there, until it is killed. */
function block(name) {
  if (workThatStopsAt(name, 'ran')) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

/** Notes that the work at hand has come to a point. What still happens after the answer is on nobody's way. */
function workThatStopsAt(name, kind) {
  const work = works.getStore();
  if (!work || work.isOver) return null;
  const point = numbered(name, work[kind]);
  work[kind].push(point);
  if (point !== work.stopAt) return null;
  tellStopped(work);
  return work;
}

/** What has stopped goes on, all of it in one turn of the event loop; the first as far as another point. */
function goOn([first, ...others], stopAt) {
  resume(first, stopAt);
  for (const id of others) resume(id, 'nowhere');
}

function resume(id, stopAt) {
  const { work, resolve } = stopped.get(id);
  Object.assign(work, { stopAt, isOver: false });
  resolve();
}

function tellStopped(work) {
  work.isOver = true;
  process.send({ id: work.id, event: 'stopped' });
}

function numbered(name, passed) {
  const times = passed.filter((point) => point.replace(/ \(\d+\)$/, '') === name).length;
  return times === 0 ? name : `${name} (${times + 1})`;
}
